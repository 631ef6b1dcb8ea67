"""Every sentence of the page, in one place."""

from __future__ import annotations

TITLE = "Handwritten digits"
INTRODUCTION = "Draw a digit or a number, or upload a photo: a small neural network reads it while you watch."

DRAW_TAB = "Draw"
PHOTO_TAB = "Photo"
MANY_TAB = "Many photos"
PHOTO_LABEL = "A photo of handwritten digits"
PHOTO_PLACEHOLDER = "Drop a photo here, click to choose one,\nor paste it"
PHOTO_EXAMPLES = "Examples"
CHART_LABEL = "How likely each digit is"

ASK_FOR_DRAWING = "Draw a digit: the answer appears while you draw."
ASK_FOR_PHOTO = "Upload, paste or take a photo of handwritten digits."
NO_SUCH_SIGN = "That digit is no longer there: the drawing or photo has changed. Choose one of those shown."
NOT_SHOWN = "This browser cannot show this file."
NO_WRITING = "No writing found in this photo. Try one where the pen stands out clearly from the paper."
TOO_FAINT = "The writing is too faint to be read. Use a darker pen, more light, or go nearer."
AT_THE_EDGE = "The writing touches the edge of the photo. Take it again with some paper all around."
CUT_OFF = "A ? touches the edge of the photo: leave some paper all around."
OFF_CANVAS = "These strokes lie outside the pad. Draw inside its frame."
FIXED = "corrected by you"
PHOTO_TOO_LARGE = "{name} has {size} MB; at most {limit} MB are read. Save it smaller and try again."

NO_FILE = "There is no photo in the request; send one."
NO_TABLE = 'A table is a list of rows {"file", "text", "lowest_confidence", "error"}.'

# What stands in the table of many photos, and in its box; the browser fills in what is in braces.
MANY = {
    "drop": "Drop photos or a folder here",
    "choose": "Choose photos",
    "choose_folder": "Choose a folder",
    "privacy": "Nothing is kept on the server: the table is gone when you close the page.",
    "progress": "{done} of {total}",
    "done": "{done} read",
    "canceled": "Stopped: {done} of {total} read",
    "cancel": "Cancel",
    "doubtful": "Doubtful first",
    "csv": "Download CSV",
    "json": "Download JSON",
    "clear": "Clear table",
    "picture": "Picture",
    "file": "File",
    "text": "Text",
    "confidence": "Lowest confidence",
    "text_of": "Text on {file}",
    "enlarge": "{file}, larger or smaller",
    "fixed": FIXED,
    "too_large": PHOTO_TOO_LARGE,
    "too_many": "At most {limit} photos fit in the table; {left} were left out. Download it, clear it and go on.",
    "no_pictures": "There are no pictures among these files.",
    "not_sent": "It could not be sent; check the connection and choose it again.",
    "not_written": "The file could not be made; check the connection and try again.",
}

# lowest probability -> how a person would say it
CERTAINTY = [
    (0.99, "Almost certainly"),
    (0.9, "Very likely"),
    (0.7, "Probably"),
    (0.5, "Perhaps"),
    (0.0, "Hard to say; maybe"),
]
UNSURE = "{first} or {second}?"
ALTERNATIVE = "or {digit}, {probability}"
PLACE = "{number} of {count}"
DIGITS = "The number; choose a digit to see more of it"
COPY = "Copy"
COPIED = "Copied"
WRONG = "Wrong?"
REALLY = "What it really is"
REMOVE = "Remove"
CORRECTED = "{digit}, corrected by you"
REMOVED = "removed by you"
READ_AS = "Read as {digit}, {probability}"
READ_AS_NONE = "Read as no digit"
NO_SUCH_FIX = "A sign can be one of the digits 0 to 9, or be removed."
OVERLAY = "The photo with a box around each digit"
NOT_A_DIGIT = "That doesn't look like a digit"
CLOSEST = "If it had to be one: {digit}"
SOLID = "It is a dot or a block, without lines"

STEPS_TITLE = "What the network sees"
STEP_PAGE = "Your writing"
STEP_PHOTO = "Photo"
STEP_EVENED = "Light evened"
STEP_INK = "Ink"
STEP_CROP = "Cropped"
STEP_SCALED = "Fitted to 20 × 20"
STEP_IMAGE = "Centered in 28 × 28"
NOTHING_YET = "The steps from your writing to the 28 × 28 pixels that the network reads appear here."


def name_sign(digit: int | None) -> str:
    """A digit as it stands in a number, "?" for what is none."""
    return "?" if digit is None else str(digit)


def name_digit(digit: int) -> str:
    """ "a 7", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def say_certainty(probability: float) -> str:
    """The words for a probability, to stand before "a 7"."""
    return next(words for lowest, words in CERTAINTY if probability >= lowest)


def format_percent(probability: float) -> str:
    """ "99.8 %"; never a rounded-up 100 or a rounded-down 0."""
    if 0.999 <= probability < 1:
        return "over 99.9 %"
    return "under 0.1 %" if 0 < probability < 0.001 else f"{probability * 100:.1f} %"
