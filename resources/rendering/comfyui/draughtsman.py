"""From a request to the job that a server is given: by the graphs of a family, or by a person's workflows."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from PIL import Image, ImageFilter

from resources.decoration_mask import checked_mask, proposed_mask
from resources.rendering.base import Capabilities
from resources.rendering.comfyui.family_graphs import FamilyGraphs
from resources.rendering.comfyui.graph import Drawing, Scene
from resources.rendering.comfyui.image_job import ImageJob
from resources.rendering.comfyui.inputs import PAPER, Inputs
from resources.rendering.comfyui.options import ComfyUIOptions
from resources.rendering.comfyui.workflow import IMAGE_SLOTS, Workflow, load_workflow
from resources.rendering.preview.bake_inputs import master_plate, read_input
from resources.rendering.request import RenderRequest
from resources.structure import edge_map

ADAPTED_REFERENCES = 4
"""References that an IP-Adapter or style model reads; more blur into each other."""
SOFT_FLOOR = 96
"""What a soft mask's black becomes: all of the place takes on the theme's light, its white parts the most."""
SOFT_EDGE = 1 / 200
"""Blur of a soft mask, in widths of the plate."""


class Draughtsman:
    """Makes the jobs of one set of options: by the graphs of a family, or by a person's workflows."""

    def __init__(self, options: ComfyUIOptions) -> None:
        self.options = options
        self._graphs = FamilyGraphs(options)
        self._shot: Workflow | None = None
        self._bake: Workflow | None = None
        if options.workflow:
            self._shot = load_workflow(options.workflow, ("prompt", "size"))
        if options.bake_workflow:
            self._bake = load_workflow(options.bake_workflow, ("prompt", "background"))

    @property
    def fingerprint(self) -> dict[str, object]:
        """What of the options decides pixels; models by their names, workflows by their hash."""
        options = self.options
        if self._shot is not None:
            found: dict[str, object] = {"workflow": self._shot.fingerprint}
            if self._bake is not None:
                found["bake_workflow"] = self._bake.fingerprint
            return found | ({"prompt_weights": True} if options.prompt_weights else {})
        decides = options.model_dump(
            exclude={"servers", "workflow", "bake_workflow", "timeout", "patience"}, exclude_none=True
        )
        family = self._graphs.family
        defaults = {"steps": family.steps, "guidance": family.guidance, "scheduler": family.scheduler}
        decides["loras"] = [[name, weight] for name, weight in options.lora_weights]
        if not options.unet:
            decides.pop("weight_dtype")
        if not options.controlnets:
            for name in ("controlnet_scale", "bake_strength"):
                decides.pop(name)
        if not options.controlnet_depth:
            decides.pop("depth_node")
        if not options.ip_adapter:
            decides.pop("ip_adapter_scale")
        return {name: value for name, value in (defaults | _set(decides)).items() if value != []}

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the graphs can do; of a person's workflow, what its slots say."""
        family, options = self._graphs.family, self.options
        parallel = len(options.addresses)
        if self._shot is None:
            kinds = tuple(options.controlnets)
            return Capabilities(
                negative=not self._graphs.flux,
                max_references=ADAPTED_REFERENCES if options.ip_adapter else 0,
                control=kinds,
                inpaint=bool(kinds),
                img2img=True,
                parallel=parallel,
                bakes=bool(kinds),
                pixels=options.pixels or family.pixels,
                size_multiple=family.multiple,
                seconds_per_image=family.seconds_per_image,
            )
        return Capabilities(
            seed=self._shot.has("seed"),
            negative=self._shot.has("negative"),
            max_references=self._shot.references,
            control=("canny",) if self._bake is not None and self._bake.has("control") else (),
            inpaint=self._bake is not None and self._bake.has("mask"),
            img2img=self._shot.has("background"),
            parallel=parallel,
            bakes=self._bake is not None,
            pixels=options.pixels or family.pixels,
            size_multiple=16,
            seconds_per_image=family.seconds_per_image,
        )

    def job(self, request: RenderRequest, read_image: Callable[[str], bytes]) -> ImageJob:
        """What a server is given for a request.

        Raises:
            ValueError: an input without which the image would be another one cannot be had.
        """
        inputs = Inputs(read_image)
        if request.baking is not None:
            return self._bake_job(request, inputs)
        background = inputs.given(request.background)
        given = [(image.role, name) for image in request.references if (name := inputs.given(image))]
        references = [name for _, name in given]
        if self._shot is None:
            places = (name for role, name in given if role == "location")
            background = background or next(places, "")
            others = tuple(name for name in references if name != background)
            scene = replace(_scene(request), references=others, background=background)
            return _job(request, inputs, self._graphs.shot(scene))
        scene = self._slotted(self._shot, request, inputs, references, {"background": background})
        return _job(request, inputs, self._shot.filled(scene, weights=self.options.prompt_weights))

    def samples(self) -> list[Drawing]:
        """One graph of each kind that requests may become, for a look at whether a server can make them."""
        image = "sample.png"
        plain = Scene("a", "b", 1, 1600, 900, None, None)
        if self._shot is not None:
            found = [self._shot, *([self._bake] if self._bake is not None else [])]
            most = (image,) * max(workflow.references for workflow in found)
            full = replace(plain, references=most, background=image, mask=image, control=image)
            return [workflow.filled(full) for workflow in found]
        references = (image,) if self.options.ip_adapter else ()
        shots = (plain, replace(plain, references=references, background=image))
        bakes = (
            replace(plain, background=image, mask=image, control=kind, soft_mask=True)
            for kind in self.options.controlnets
        )
        return [*map(self._graphs.shot, shots), *map(self._graphs.bake, bakes)]

    def _bake_job(self, request: RenderRequest, inputs: Inputs) -> ImageJob:
        assert request.baking is not None
        size = (request.width, request.height)
        plate = master_plate(request.background, size, inputs.read_image)
        if request.mask is not None:
            mask = checked_mask(read_input(request.mask, inputs.read_image), size)
        else:
            mask = proposed_mask(plate)
            inputs.notes.append("no decoration mask: flat areas and ledges were proposed as white")
        hard = request.baking.mask_mode == "hard"
        names = {
            "background": inputs.drawn(plate),
            "mask": inputs.drawn((mask if hard else softened(mask)).convert("RGB")),
        }
        if self._bake is not None:
            scene = self._slotted(self._bake, request, inputs, [], names, plate)
            drawing = self._bake.filled(scene, weights=self.options.prompt_weights)
        elif request.control in self.options.controlnets:
            scene = replace(_scene(request), control=str(request.control), soft_mask=not hard, **names)
            drawing = self._graphs.bake(scene)
        else:
            raise ValueError(f"control {request.control!r} is not set up; see controlnet_canny and controlnet_depth")
        return _job(request, inputs, drawing, master=plate if hard else None, mask=mask if hard else None, scaled=True)

    def _slotted(
        self,
        workflow: Workflow,
        request: RenderRequest,
        inputs: Inputs,
        references: list[str],
        names: dict[str, str],
        plate: Image.Image | None = None,
    ) -> Scene:
        """The scene for a person's workflow: each of its image slots must hold something, or the graph cannot run."""
        size = (request.width, request.height)
        stand_ins = {"background": Image.new("RGB", size, PAPER), "mask": Image.new("RGB", size, "white")}
        stand_ins["control"] = edge_map(plate).convert("RGB") if plate is not None else Image.new("RGB", size)
        for slot in IMAGE_SLOTS:
            if workflow.has(slot) and not names.get(slot):
                names[slot] = inputs.drawn(stand_ins[slot])
                if slot == "background":
                    inputs.notes.append("no background: plain grey stands in its slot")
        if workflow.references and not references:
            references = [inputs.drawn(Image.new("RGB", size, PAPER))]
            inputs.notes.append("no reference: plain grey stands in the reference slots")
        references += references[-1:] * (workflow.references - len(references))
        return replace(_scene(request), references=tuple(references), **names)


def softened(mask: Image.Image) -> Image.Image:
    """A soft mask (L), as strengths: black raised to SOFT_FLOOR, its edges blurred."""
    lifted = mask.point([SOFT_FLOOR + round(value * (255 - SOFT_FLOOR) / 255) for value in range(256)])
    return lifted.filter(ImageFilter.GaussianBlur(mask.width * SOFT_EDGE))


def _scene(request: RenderRequest) -> Scene:
    return Scene(
        request.prompt,
        request.negative,
        request.seed,
        request.width,
        request.height,
        request.steps,
        request.guidance,
    )


def _job(
    request: RenderRequest,
    inputs: Inputs,
    drawing: Drawing,
    master: Image.Image | None = None,
    mask: Image.Image | None = None,
    scaled: bool = False,
) -> ImageJob:
    used = {
        value.rpartition("/")[2]
        for node in drawing.graph.values()
        for value in node["inputs"].values()
        if isinstance(value, str)
    }
    uploads = {name: png for name, png in inputs.uploads.items() if name in used}
    size = (request.width, request.height)
    return ImageJob(drawing, uploads, tuple(inputs.notes), size, master, mask, scaled)


def _set(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value != "" and value is not False}
