"""Every sentence of the page in English, in one place; `locales/` has them in the other languages, by these names.

A new sentence needs a constant here and an entry in each of the three files there: until it has one, it is shown in
English, and a test fails. What is in braces is filled in; a word's form must do for all that can come.
"""

from __future__ import annotations

TITLE = "Handwritten digits"
SHORT_TITLE = "Digits"  # below the icon on a phone
INTRODUCTION = "Draw a digit or a number, or upload a photo: a small neural network reads it while you watch."

LANGUAGE = "Language"

DRAW_TAB = "Draw"
PHOTO_TAB = "Photo"
MANY_TAB = "Many photos"
PHOTO_LABEL = "A photo of handwritten digits"
PHOTO_PLACEHOLDER = "Drop a photo here, click to choose one,\nor paste it"
PHOTO_EXAMPLES = "Examples"
PHOTO_SHOWN = "Your photo"
PHOTO_EXAMPLE = "Example photo: {name}"
PHOTO_NAMES = {  # by the names of their files
    "blue-pen": "blue pen",
    "chalk": "chalk",
    "pencil-in-shadow": "pencil in shadow",
    "ruled-paper": "ruled paper",
}
CHART_LABEL = "How likely each digit is"
CHART_DIGIT = "Digit"
CHART_PROBABILITY = "Probability"

ASK_FOR_DRAWING = "Draw a digit: the answer appears while you draw."
ASK_FOR_PHOTO = "Upload, paste or take a photo of handwritten digits."
NO_SUCH_SIGN = "That digit is no longer there: the drawing or photo has changed. Choose one of those shown."
NOT_SHOWN = "This browser cannot show this file."
CUT_OFF = "A ? touches the edge of the photo: leave some paper all around."
OFF_CANVAS = "These strokes lie outside the pad. Draw inside its frame."
FIXED = "corrected by you"
PHOTO_TOO_LARGE = "{name} has {size} MB; at most {limit} MB are read. Save it smaller and try again."

NOT_UPLOADED = "That file was not uploaded here; upload it first."

# What a program is told that sends something else than the page does; in English only
NO_FILE = "There is no photo in the request; send one."
NO_TABLE = 'A table is a list of rows {"file", "text", "lowest_confidence", "error"}.'

ENGLISH_ONLY = ("NO_FILE", "NO_TABLE")

# What stands on the sketchpad, and what is said of its parts
SKETCHPAD = {
    "canvas": "Sketchpad: draw digits with mouse, finger or pen",
    "draw_digit": "Draw a digit here",
    "write_number": "Write a number here",
    "tools": "Sketchpad tools",
    "undo": "Undo",
    "undo_hint": "Undo the last step (Ctrl+Z)",
    "clear": "Clear",
    "clear_hint": "Clear the pad (Delete)",
    "pen": "Pen",
    "pen_hint": "Thinner [ and wider ]",
    "pen_width": "Pen width",
    "wide": "Wide pad",
    "wide_hint": "A wide pad for numbers",
    "examples": "Examples",
    "example_drawings": "Example drawings",
    "example": "Example: {name}",
}

# What stands in the table of many photos, and in its box; the browser fills in what is in braces.
MANY = {
    "drop": "Drop photos or a folder here",
    "choose": "Choose photos",
    "choose_folder": "Choose a folder",
    "privacy": "Nothing is kept on the server: the table is gone when you close the page.",
    "progress": "{done} of {total}",
    "done": "{done} read",
    "canceled": "Stopped: {done} of {total} read",
    "failed": "; {failed} could not be read",  # after one of these two
    "cancel": "Cancel",
    "doubtful": "Doubtful first",
    "csv": "Download CSV",
    "json": "Download JSON",
    "clear": "Clear table",
    "clear_corrected": "Your corrections were not downloaded yet. Clear the table all the same?",
    "picture": "Picture",
    "file": "File",
    "text": "Text",
    "confidence": "Lowest confidence",
    "text_of": "Text on {file}",
    "enlarge": "{file}, larger or smaller",
    "too_many": "At most {limit} photos fit in the table; {left} were left out. Download it, clear it and go on.",
    "no_pictures": "There are no pictures among these files.",
    "not_sent": "It could not be sent; check the connection and choose it again.",
    "lose": "In another language the page starts anew, and the table is lost. Go on?",
    "not_written": "The file could not be made; check the connection and try again.",
}

# The link to the page, for others; what is in braces is filled in where it is shown.
LINK = {
    "button": "Share",
    "button_failed": "Share: no link",
    "title": "Share this page",
    "close": "Close",
    "copy": "Copy link",
    "copied": "Copied",
    "qr": "QR code of {url}",
    "public": "On the internet",
    "lan": "In this network",
    "lan_note": "For phones and computers in the same Wi-Fi or school network.",
    "lasts": "The link works for up to a week, while the app runs.",
    "lasts_own": "The link works while the app runs.",
    "open_to_all": "Public: anyone with the link can draw.",
    "password": "Visitors are asked for a name and a password.",
    "opening": "The public link is being made; this takes some seconds.",
    "interrupted": "The public link is interrupted. It comes back, or another one does, when the connection is back.",
    "broken": "The public link has ended. Start the app again for another one.",
    "failed": "The public link could not be made.",
    "program": "The program that makes it cannot be run: {file}. A firewall or virus scanner may block or delete it: "
    "allow it there, or put {source} in its place.",
    "download": "The program that makes it could not be downloaded. Connect to the internet; or where a firewall "
    "blocks {source}, put that file here: {file}.",
    "gradio": "Gradio's service for public links does not answer. Connect to the internet and start the app again.",
    "server": "The share server {server} cannot be reached, or refuses. Some firewalls let only web pages through.",
    "ended": "The program that makes it has ended.",
    "cure": "Or use a server of your own, --share-server HOST:PORT.",
    "cure_lan": "In the same network, --lan lets others draw.",
    "cure_has_lan": "In the same network, the address below works.",
    "ask": "Ask who has started this app.",
}
LOGIN = (
    "Who has shared this page with you knows the name and the password. After many wrong ones the answer takes longer, "
    "up to half a minute."
)

# How a person would say how likely something is, and the probability from which on each is said
CERTAINTY = [
    "Almost certainly {digit}",
    "Very likely {digit}",
    "Probably {digit}",
    "Perhaps {digit}",
    "Hard to say; maybe {digit}",
]
CERTAIN_FROM = (0.99, 0.9, 0.7, 0.5, 0.0)
DIGIT = "a {digit}"
EIGHT = "an 8"
UNSURE = "{first} or {second}?"
OR_EIGHT = "{first} or 8?"  # the Spanish "o" becomes "u" before "ocho"
ALTERNATIVE = "or {digit}, {probability}"
PLACE = "{number} of {count}: {words}"
HOW_LIKELY = "{words}, {probability}"
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

# Numbers: the sign before the decimals, the one between thousands, and what is under or over what is shown
DECIMAL, THOUSANDS = ".", ","
PERCENT = "{number} %"
OVER, UNDER = "over {percent}", "under {percent}"
BETWEEN, SPACE = "; ", " "  # the members of a list; two sentences
# While the server cannot be reached
CONNECTION_LOST = "No connection to the server. Draw on: the answer comes when it is back."
CONNECTION_BACK = "Connected again."

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
JOINED = "{others} and {last}"
CLAUSES = "{sentence}, {clause}"
FULL_STOP = "{sentence}."
EPOCHS = "looking at them in {epochs} rounds"
PARAMETERS = "It has {count} numbers that training has set"
TRAINING_TOOK = "which took {minutes} minutes on {cores} cores"
TRAINED_AT = "Trained on {date:%Y-%m-%d}."
TEST_ACCURACY = "At the end it read {percent} of MNIST's test images as they are."
MEASURED = (
    "So many are read right when they take the way that your writing takes. Each set is a sample: the true share is "
    "likely, in 95 of 100 such samples, within the interval."
)
SET, COUNT, READ_RIGHT, INTERVAL = "Digits", "How many", "Read right", "95 % interval"
NUMBERS, WHOLE_RIGHT = "Numbers", "Whole number right"
NOT_DIGITS, REFUSED = "No digits", "Refused"
INTERVAL_OF = "{low} to {high}"
WORST = "Its worst mistakes, of {count} digits: {pairs}."
PAIR = "{truth} read as {answer} ({count} times)"
CURVES = "How it learned: errors and accuracy after each round"
CONFUSION = "{name}: what is written (rows) and what was read (columns)"
DATA = {
    "MNIST": "MNIST",
    "UCI pen strokes": "UCI pen strokes",
    "UCI optical digits": "UCI optical digits",
}
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

# What errors say. They are made in English: those of drawings and photos in `ink/`, which knows no other language, and
# these of ours.
ERRORS = ("NO_SUCH_SIGN", "NO_SUCH_FIX", "NOT_UPLOADED")
PROBLEMS = {
    "blank": "No writing found in this photo. Try one where the pen stands out clearly from the paper.",
    "faint": "The writing is too faint to be read. Use a darker pen, more light, or go nearer.",
    "edge": "The writing touches the edge of the photo. Take it again with some paper all around.",
    "no_file": "There is no file {name}.",
    "folder": "{name} is a folder, not a picture.",
    "forbidden": "{name} may not be read; check its permissions.",
    "bomb": "{name} has too many pixels. Save it smaller and try again.",
    "memory": "{name} could not be read here, perhaps for want of memory. Save it smaller and try again.",
    "megapixels": (
        "{name} has {width} x {height} pixels; at most {limit} megapixels are read. Save it smaller and try again."
    ),
    "damaged": "{name} is damaged or cut off. Save or send it again.",
    "empty": "{name} is empty. Save or send it again.",
    "pdf": "{name} is a PDF, not a picture. Save it as {others} or {last} and try again.",
    "svg": "{name} is an SVG drawing, not a picture. Save it as {others} or {last} and try again.",
    "gone": "{name} is no longer here; upload it again.",
    "no_picture": "{name} is not a picture that can be read. Use {others} or {last}.",
    "no_drawing": 'A drawing is an object {{"width": …, "height": …, "strokes": [[[x, y], …], …]}}.',
    "no_strokes": 'The drawing has no list of "strokes"; an empty canvas is "strokes": [].',
    "strokes": "The drawing has {strokes} strokes; at most {limit} are read.",
    "points": "The drawing has {points} points; at most {limit} are read.",
    "side": 'The drawing\'s "{name}" must be a number above 0 and up to {limit}.',
    "no_stroke": "Stroke {number} of the drawing is no list; expected is a list of points [x, y].",
    "uneven": ("Stroke {number} of the drawing has points of unequal length; expected is a list of points [x, y]."),
    "no_numbers": (
        "Stroke {number} of the drawing holds something other than numbers; expected is a list of points [x, y]."
    ),
    "far": "Stroke {number} of the drawing has a coordinate that is no number or beyond {limit}.",
}

# What the gate before the page says, in `serving/`
REFUSALS = {
    "busy": "Too many are drawing at the moment. Your drawing is kept; try again in a few seconds.",
    "too_often": "That was too much at once from here. What you have stays; go on in {seconds} s.",
    "too_large": "A request may have at most {limit} MB, and this one has more. Send less at once.",
    "too_slow": "The rest of the request did not come within {seconds} s. Send it again.",
    "not_understood": "The page sends no such request. Reload it and try again.",
    "not_here": "There is nothing at this address.",
    "logins": "Too many tries to log in from your network at once. Wait a minute and try again.",
}
