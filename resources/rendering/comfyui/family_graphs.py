"""The graphs for SD 1.5, SDXL and FLUX: a shot from noise or over its background, and a place dressed for a theme."""

import math
from dataclasses import dataclass

from resources.rendering.comfyui.graph import UPLOAD_FOLDER, Drawing, GraphBuilder, Link, Scene, plain_text
from resources.rendering.comfyui.options import ComfyUIOptions

CANNY_THRESHOLDS = (0.15, 0.4)
"""Low enough for the soft edges of painted plates."""
DEPTH_MODEL = "depth_anything_v2_vitl.pth"
REDUX_STRENGTH_TYPE = "multiply"


@dataclass(frozen=True)
class Family:
    """What a family is made for."""

    pixels: int
    multiple: int
    steps: int
    guidance: float
    scheduler: str
    empty_latent: str
    seconds_per_image: float
    """On a current GPU: a first guess."""


FAMILIES = {
    "sd15": Family(512 * 512, 8, 30, 7.5, "normal", "EmptyLatentImage", 2.0),
    "sdxl": Family(1024 * 1024, 8, 30, 5.0, "normal", "EmptyLatentImage", 5.0),
    "flux": Family(1024 * 1024, 16, 28, 3.5, "simple", "EmptySD3LatentImage", 15.0),
}


@dataclass
class _Loaded:
    model: Link
    clip: Link
    vae: Link


@dataclass
class _Conditioning:
    positive: Link
    negative: Link


class FamilyGraphs:
    """Builds the graphs of one set of options."""

    def __init__(self, options: ComfyUIOptions) -> None:
        self.options = options
        self.family = FAMILIES[options.family]
        self.flux = options.family == "flux"

    def shot(self, scene: Scene) -> Drawing:
        """A shot: over its background where it has one, else from noise."""
        builder = GraphBuilder()
        loaded = self._loaded(builder)
        conditioning = self._conditioning(builder, loaded, scene)
        if scene.background:
            plate = builder.link("LoadImage", image=scene.background)
            size = {"width": scene.width, "height": scene.height}
            plate = builder.link("ImageScale", image=plate, upscale_method="lanczos", crop="center", **size)
            latent, strength = self._encoded(builder, loaded, plate), self.options.background_strength
        else:
            kind = self.family.empty_latent
            latent = builder.link(kind, width=scene.width, height=scene.height, batch_size=1)
            strength = 1.0
        image = self._sampled(builder, loaded, conditioning, latent, scene, strength)
        return self._saved(builder, image)

    def bake(self, scene: Scene) -> Drawing:
        """A place dressed for a theme: its plate made anew inside the mask, its structure held by a ControlNet."""
        builder = GraphBuilder()
        loaded = self._loaded(builder)
        width, height = self.working_size(scene.width, scene.height)
        scaled = (width, height) != (scene.width, scene.height)
        plate = builder.link("LoadImage", image=scene.background)
        mask = builder.link("LoadImage", image=scene.mask)
        if scaled:
            size = {"width": width, "height": height, "crop": "disabled"}
            plate = builder.link("ImageScale", image=plate, upscale_method="lanczos", **size)
            mask = builder.link("ImageScale", image=mask, upscale_method="bilinear", **size)
        conditioning = self._conditioning(builder, loaded, scene)
        self._hold(builder, conditioning, loaded, plate, scene.control, min(width, height))
        if scene.soft_mask:
            # Each grey of the mask is then a strength of its own.
            loaded.model = builder.link("DifferentialDiffusion", model=loaded.model)
        latent = self._encoded(builder, loaded, plate)
        white = builder.link("ImageToMask", image=mask, channel="red")
        latent = builder.link("SetLatentNoiseMask", samples=latent, mask=white)
        image = self._sampled(builder, loaded, conditioning, latent, scene, self.options.bake_strength)
        if scaled:
            size = {"width": scene.width, "height": scene.height, "crop": "disabled"}
            image = builder.link("ImageScale", image=image, upscale_method="lanczos", **size)
        return self._saved(builder, image)

    def working_size(self, width: int, height: int) -> tuple[int, int]:
        """The size, in pixels, at which a plate is worked on: that of the family, in its multiples."""
        scale = min(1.0, math.sqrt((self.options.pixels or self.family.pixels) / (width * height)))
        step = self.family.multiple
        return max(int(width * scale) // step, 1) * step, max(int(height * scale) // step, 1) * step

    def _loaded(self, builder: GraphBuilder) -> _Loaded:
        options = self.options
        if options.checkpoint:
            node = builder.add("CheckpointLoaderSimple", ckpt_name=options.checkpoint)
            loaded = _Loaded([node, 0], [node, 1], [node, 2])
        else:
            loaded = _Loaded(
                builder.link("UNETLoader", unet_name=options.unet, weight_dtype=options.weight_dtype),
                builder.link("DualCLIPLoader", clip_name1=options.clip1, clip_name2=options.clip2, type="flux"),
                [],
            )
        if options.vae:
            loaded.vae = builder.link("VAELoader", vae_name=options.vae)
        for name, weight in options.lora_weights:
            node = builder.add(
                "LoraLoader",
                model=loaded.model,
                clip=loaded.clip,
                lora_name=name,
                strength_model=weight,
                strength_clip=weight,
            )
            loaded.model, loaded.clip = [node, 0], [node, 1]
        return loaded

    def _conditioning(self, builder: GraphBuilder, loaded: _Loaded, scene: Scene) -> _Conditioning:
        positive = builder.link("CLIPTextEncode", clip=loaded.clip, text=self._text(scene.prompt))
        if not self.flux:
            negative = builder.link("CLIPTextEncode", clip=loaded.clip, text=self._text(scene.negative))
            self._adapt(builder, loaded, scene)
            return _Conditioning(positive, negative)
        negative = builder.link("ConditioningZeroOut", conditioning=positive)
        positive = builder.link("FluxGuidance", conditioning=positive, guidance=self._guidance(scene))
        return _Conditioning(self._restyled(builder, positive, scene), negative)

    def _adapt(self, builder: GraphBuilder, loaded: _Loaded, scene: Scene) -> None:
        """SD 1.5 and SDXL read references by an IP-Adapter (ComfyUI_IPAdapter_plus), one after the other."""
        if not scene.references:
            return
        adapter = builder.link("IPAdapterModelLoader", ipadapter_file=self.options.ip_adapter)
        vision = builder.link("CLIPVisionLoader", clip_name=self.options.clip_vision)
        for reference in scene.references:
            loaded.model = builder.link(
                "IPAdapterAdvanced",
                model=loaded.model,
                ipadapter=adapter,
                image=builder.link("LoadImage", image=reference),
                clip_vision=vision,
                weight=self.options.ip_adapter_scale / len(scene.references),
                weight_type="linear",
                combine_embeds="concat",
                start_at=0.0,
                end_at=1.0,
                embeds_scaling="V only",
            )

    def _restyled(self, builder: GraphBuilder, positive: Link, scene: Scene) -> Link:
        """FLUX reads references by a Redux style model."""
        if not scene.references:
            return positive
        style = builder.link("StyleModelLoader", style_model_name=self.options.ip_adapter)
        vision = builder.link("CLIPVisionLoader", clip_name=self.options.clip_vision)
        for reference in scene.references:
            image = builder.link("LoadImage", image=reference)
            seen = builder.link("CLIPVisionEncode", clip_vision=vision, image=image, crop="center")
            positive = builder.link(
                "StyleModelApply",
                conditioning=positive,
                style_model=style,
                clip_vision_output=seen,
                strength=self.options.ip_adapter_scale / len(scene.references),
                strength_type=REDUX_STRENGTH_TYPE,
            )
        return positive

    def _hold(
        self,
        builder: GraphBuilder,
        conditioning: _Conditioning,
        loaded: _Loaded,
        plate: Link,
        kind: str,
        resolution: int,
    ) -> None:
        if kind == "canny":
            low, high = CANNY_THRESHOLDS
            control = builder.link("Canny", image=plate, low_threshold=low, high_threshold=high)
        else:
            node = self.options.depth_node
            control = builder.link(node, image=plate, ckpt_name=DEPTH_MODEL, resolution=resolution)
        held = builder.add(
            "ControlNetApplyAdvanced",
            positive=conditioning.positive,
            negative=conditioning.negative,
            control_net=builder.link("ControlNetLoader", control_net_name=self.options.controlnets[kind]),
            image=control,
            vae=loaded.vae,
            strength=self.options.controlnet_scale,
            start_percent=0.0,
            end_percent=1.0,
        )
        conditioning.positive, conditioning.negative = [held, 0], [held, 1]

    def _encoded(self, builder: GraphBuilder, loaded: _Loaded, image: Link) -> Link:
        return builder.link("VAEEncode", pixels=image, vae=loaded.vae)

    def _sampled(
        self,
        builder: GraphBuilder,
        loaded: _Loaded,
        conditioning: _Conditioning,
        latent: Link,
        scene: Scene,
        strength: float,
    ) -> Link:
        samples = builder.link(
            "KSampler",
            model=loaded.model,
            seed=scene.seed,
            steps=scene.steps or self.options.steps or self.family.steps,
            cfg=1.0 if self.flux else self._guidance(scene),
            sampler_name=self.options.sampler,
            scheduler=self.options.scheduler or self.family.scheduler,
            positive=conditioning.positive,
            negative=conditioning.negative,
            latent_image=latent,
            denoise=strength,
        )
        return builder.link("VAEDecode", samples=samples, vae=loaded.vae)

    def _saved(self, builder: GraphBuilder, image: Link) -> Drawing:
        output = builder.add("SaveImage", images=image, filename_prefix=f"{UPLOAD_FOLDER}/image")
        return Drawing(builder.graph, output)

    def _guidance(self, scene: Scene) -> float:
        given = scene.guidance if scene.guidance is not None else self.options.guidance
        return given if given is not None else self.family.guidance

    def _text(self, text: str) -> str:
        return text if self.options.prompt_weights else plain_text(text)
