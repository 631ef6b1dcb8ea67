"""Every sentence of the page, in one place; those on what cannot be read stand with their errors."""

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

# Several models
READ_BY = "Read by"
SIDE_BY_SIDE = "Side by side"
BAR = "{digit}: {probability}"

# What is inside, for the sign that is shown
HOW_IT_WORKS = "How it works"
ASK_FOR_SIGN = "Draw a digit: then the inside of the network appears here."
EVIDENCE = "Which pixels spoke for {digit}"
EVIDENCE_NOTE = (
    "A patch of 4 × 4 pixels is covered with paper, at one place after the other. Orange: without it, the network is "
    "less sure of this digit; blue: surer. (Occlusion, Zeiler and Fergus 2014.)"
)
MAPS = "{name}: {count} maps of {height} × {width}"
MAPS_NOTE = (
    "Each map is one filter, moved over the picture below this layer. Orange: its pattern is there; blue: the "
    "opposite of it; black: neither."
)
UNITS = "{name}: its strongest units"
UNIT = "Unit {number}"
ACTIVE = (
    "{active} of {count} are above 0. A network without convolutions has no maps: each unit sees the whole picture."
)
NO_LAYERS = "This network has no layer between the pixels and its answer that could be shown."

# A model in plain words
STORY = "About this network"
NO_CARD = "There is no card beside {file}, so nothing is known of how it was trained; train_model.py writes one."
ODD_CARD = "The card or report beside {file} has figures that cannot be shown; train_model.py writes the card anew."
NO_REPORT = (
    "Nobody has measured yet how well it reads. python evaluate_model.py with --report report, beside the model, does."
)
TRAINED_ON = "It learned from {data}"
EPOCHS = "looking at them in {epochs} rounds"
PARAMETERS = "It has {count:,} numbers that training has set"
TRAINING_TOOK = "which took {minutes:.0f} minutes on {cores} cores"
TRAINED_AT = "Trained on {date}."
TEST_ACCURACY = "At the end it read {percent} of MNIST's test images as they are."
MEASURED = (
    "So many are read right when they take the way that your writing takes. Each set is a sample: the true share is "
    "likely, in 95 of 100 such samples, within the interval."
)
SET, COUNT, READ_RIGHT, INTERVAL = "Digits", "How many", "Read right", "95 % interval"
NUMBERS, WHOLE_RIGHT = "Numbers", "Whole number right"
NOT_DIGITS, REFUSED = "No digits", "Refused"
INTERVAL_OF = "{low:.2f} to {high:.2f}"
WORST = "Its worst mistakes, of {count:,} digits: {pairs}."
PAIR = "{truth} read as {answer} ({count} times)"
CURVES = "How it learned: errors and accuracy after each round"
CONFUSION = "{name}: what is written (rows) and what was read (columns)"
SETS = {
    "mnist": "MNIST's test images",
    "pen": "pen strokes of writers it has not seen (UCI)",
    "usps": "digits on US letters (USPS)",
    "ardis": "Swedish church books (ARDIS)",
    "paint": "drawings from paint programs",
    "photos": "photos and scans",
    "paint numbers": "numbers from paint programs",
    "photos numbers": "numbers on photos and scans",
    "mnist rows apart": "MNIST's digits in a row",
    "mnist rows touching": "the same, touching",
    "tablet": "letters written on a tablet",
    "mouse": "letters and doodles drawn with a mouse",
    "doodles": "doodles",
    "scripts": "characters of other scripts",
    "dots": "dots",
    "blocks": "blocks",
    "scribbles": "scribbles",
}


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
