"""Picture files and photos in; ink out: the paper and its light are taken off."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ink.glyphs import Ink
from ink.writing import keep_writing, remove_rules

__all__ = ["PhotoError", "Picture", "Writing", "find_writing", "read_photo"]

# Pillow's warnings on odd files are not for our users; what it cannot read, it raises. Set here, once: a filter
# for the length of a call would not be thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")

PHOTO_SIDE = 1000  # pixels, the longer side at which a photo is read
MAX_PHOTO_PIXELS = 60_000_000  # decoded; 180 MB as RGB. Phones take 12 to 50 megapixels
MIN_CONTRAST = 0.06  # of full range: less than this between pen and paper is paper grain
SURROUNDINGS_SIDE = 200  # pixels, enough to see paper and light
MIN_SKEW = 0.1  # of 1: writing, light or dark, has over 0.2 on 1,252 photos and drawings; shaded blank paper under 0.07
WIDEST_PEN = 0.25  # share of the photo's longer side
SOFTEST = 0.06  # of that width, the deviation of the Gaussian that paper and shadows are smoothed with
DARKEST = 0.3  # of the sheet where it is bright; what is darker is a table, not a shadow
FLARE = 16  # gray levels, added before dividing, so that noise in a dark channel of colored paper is no pen
PEN_SURROUNDINGS = 0.02  # of the longer side, the deviation of the Gaussian in which strokes are compared
FAINTEST = 0.5  # of the threshold; what is fainter is no pen, whatever is around


class PhotoError(ValueError):
    """A picture file cannot be read; the message is for the user."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as a person sees it: upright, 8 bits, transparent parts as paper.

    Attributes
    ----------
    rgb : (h, w, 3) uint8
        It may be smaller than the file's.
    size : (int, int), optional
        Height and width of the upright picture in the file, in pixels; by default those of `rgb`.
    """

    rgb: np.ndarray
    size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.size == (0, 0):
            object.__setattr__(self, "size", self.rgb.shape[:2])


@dataclass(frozen=True, eq=False)
class Writing:
    """The writing on a photo, and the way to it; all of one size, the longer side at most 1,000 pixels.

    Attributes
    ----------
    evened : (h, w) uint8
        The photo with its light evened, dark on light, in gray.
    ink : (h, w) float32, 0 paper ... 1 pen
        The writing; all paper if there is none.
    problem : str
        Why there is none: "blank"; "" where there is some.
    """

    evened: np.ndarray
    ink: Ink
    problem: str = ""


def read_photo(path: str | Path) -> Picture:
    """Read a picture file.

    Raises
    ------
    PhotoError
        If the file is missing, no picture, broken, or over 60 megapixels.
    """
    path = Path(path)
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PHOTO_PIXELS:
                raise PhotoError(
                    f"{path.name} has {picture.width} x {picture.height} pixels; at most "
                    f"{MAX_PHOTO_PIXELS // 1_000_000} megapixels are read. Save it smaller and try again."
                )
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return Picture(_to_rgb(picture))
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise PhotoError(f"{path} is a folder, not a picture.") from None
    except PermissionError:
        raise PhotoError(f"{path.name} may not be read; check its permissions.") from None
    except UnidentifiedImageError:
        raise PhotoError(f"{path.name} is not a picture that can be read. Use JPEG, PNG, WebP, GIF or BMP.") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"{path.name} has too many pixels. Save it smaller and try again.") from None
    except Exception:  # on damaged data Pillow's decoders raise nearly anything: SyntaxError, struct.error, …
        raise PhotoError(f"{path.name} is damaged or cut off. Save or send it again.") from None


def _to_rgb(picture: Image.Image) -> np.ndarray:
    """Any Pillow mode to (H, W, 3) uint8."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more, which Pillow would cut off
        levels = np.nan_to_num(np.asarray(picture, dtype=np.float32))
        top = 65535 if picture.mode.startswith("I;16") else max(float(levels.max(initial=0)), 1.0)
        gray = np.clip(levels / top * 255, 0, 255).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=2)
    if not picture.has_transparency_data:
        return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    # transparent means paper: white, or black under light ink, which would vanish on white
    picture = picture.convert("RGBA")
    rgba = np.asarray(picture.reduce(math.ceil(max(picture.size) / PHOTO_SIDE))).astype(np.float32)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    ink_lightness = float((color * alpha).sum() / max(float(alpha.sum()) * 3, 1.0))
    most_transparent = int(np.asarray(picture.getchannel("A")).min())
    paper = Image.new("RGB", picture.size, "black" if ink_lightness > 127 > most_transparent else "white")
    paper.paste(picture, mask=picture)
    return np.asarray(paper)


def find_writing(rgb: np.ndarray) -> Writing:
    """Take the paper and its light off a photo: what is left is the writing, dark on light or light on dark.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    """
    rgb = _reduce(rgb, PHOTO_SIDE)
    if _is_light_on_dark(rgb):
        rgb = 255 - rgb
    darkness = _darkness(rgb)
    ink = keep_writing(remove_rules(_separate_pen(darkness)))
    evened = np.rint(255 * (1 - darkness)).astype(np.uint8)
    return Writing(evened, ink, "" if ink.any() else "blank")


def _reduce(image: np.ndarray, side: int) -> np.ndarray:
    """Shrink an image whose longer side is over `side` pixels to that."""
    height, width = image.shape[:2]
    zoom = side / max(height, width)
    if zoom >= 1:
        return image
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _is_light_on_dark(rgb: np.ndarray) -> bool:
    """Tell the polarity: pen strokes are the rare, strong deviations from the surroundings' median."""
    gray = _reduce(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), SURROUNDINGS_SIDE)
    window = max(3, max(gray.shape) // 2 | 1)
    deviation = gray.astype(np.float32) - cv2.medianBlur(gray, min(window, 255))
    cubes = deviation**3
    return float(cubes.sum()) > MIN_SKEW * float(np.abs(cubes).sum())


def _darkness(rgb: np.ndarray) -> np.ndarray:
    """How much darker than the paper around it each pixel is, in its strongest color: (H, W) float32, 0 ... 1.

    The paper is what a closing wider than any pen leaves; dividing by it takes shadows away, since light multiplies.
    """
    small = _reduce(rgb, SURROUNDINGS_SIDE)
    small = cv2.medianBlur(small, 3)
    width = max(3, int(max(small.shape[:2]) * WIDEST_PEN) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    # The border goes on outwards, or a shadow that comes in from it would count as a wide pen.
    framed = cv2.copyMakeBorder(small, width, width, width, width, cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc)[width:-width, width:-width]
    paper = np.maximum(paper, DARKEST * np.percentile(paper, 90, axis=(0, 1))).astype(np.uint8)
    paper = cv2.GaussianBlur(paper, (0, 0), width * SOFTEST)
    paper = cv2.resize(paper, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    ratio = (rgb.astype(np.float32) + FLARE) / (paper.astype(np.float32) + FLARE)
    return np.clip(1 - ratio.min(axis=2), 0, 1)


def _separate_pen(darkness: np.ndarray) -> Ink:
    """Split pen from paper at Otsu's threshold, with a soft edge; all paper if the two hardly differ.

    Around strokes that hardly pass the threshold, as a pencil's, it is lower: half of their own darkness.

    References
    ----------
    Otsu 1979, A Threshold Selection Method from Gray-Level Histograms.
    """
    levels = np.rint(darkness * 255).astype(np.uint8)
    threshold = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
    pen = darkness > threshold
    if not pen.any() or pen.all() or darkness[pen].mean() - darkness[~pen].mean() < MIN_CONTRAST:
        return np.zeros(darkness.shape, np.float32)
    local = _local_thresholds(darkness, pen, max(threshold, 1 / 255))
    return np.clip(darkness / local - 0.5, 0, 1).astype(np.float32)  # 0.5 at the threshold


def _local_thresholds(darkness: np.ndarray, pen: np.ndarray, threshold: float) -> np.ndarray:
    """(H, W) float32: `threshold`, but lower where all pen around is faint."""
    sigma = PEN_SURROUNDINGS * max(darkness.shape)
    mask = pen.astype(np.float32)
    share = cv2.GaussianBlur(mask, (0, 0), sigma)
    level = cv2.GaussianBlur(darkness.astype(np.float32) * mask, (0, 0), sigma) / np.maximum(share, 1e-6)
    own = np.clip(0.5 * level, FAINTEST * threshold, threshold)
    return np.where(share > 1e-4, own, threshold).astype(np.float32)
