"""What a frame is seen through: the viewer's own eyes, a keyhole, a pair of glasses."""

from PIL import Image, ImageDraw, ImageFilter

_DARK = (7, 6, 12)


def paint_mask(frame: Image.Image, kind: str) -> None:
    """Darkens all that lies outside the opening."""
    width, height = 320, round(320 * frame.height / frame.width)
    opening = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(opening)
    if kind == "keyhole":
        radius = height * 0.33
        x, y = width / 2, height * 0.42
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        pen.polygon(
            [
                (x - radius * 0.52, y),
                (x + radius * 0.52, y),
                (x + radius * 0.95, height * 1.02),
                (x - radius * 0.95, height * 1.02),
            ],
            fill=255,
        )
        blur, strength = 2.2, 0.97
    elif kind == "glasses":
        radius = height * 0.46
        for x in (width / 2 - radius * 0.72, width / 2 + radius * 0.72):
            pen.ellipse([x - radius, height / 2 - radius, x + radius, height / 2 + radius], fill=255)
        blur, strength = 2.2, 0.97
    else:  # eyes: two lids close on the view
        pen.ellipse([-width * 0.13, -height * 0.16, width * 1.13, height * 1.16], fill=255)
        blur, strength = 13.0, 0.86
    soft = opening.filter(ImageFilter.GaussianBlur(blur)).point([round((255 - v) * strength) for v in range(256)])
    frame.paste(_DARK, (0, 0), soft.resize(frame.size, Image.Resampling.BICUBIC))
