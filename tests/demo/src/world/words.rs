//! Words and sentences. All people, places and firms are invented.

use fastrand::Rng;

const BANKS: [(&str, &[&str]); 12] = [
    (
        "who",
        &[
            "Marta",
            "Henrik",
            "Aunt Lise",
            "Jonas",
            "Anna",
            "Mr Falk",
            "Ingrid",
            "Tomasz",
            "the harbour master",
            "Pia",
            "Old Brandt",
            "Sunniva",
        ],
    ),
    (
        "thing",
        &[
            "jib",
            "rudder",
            "stove",
            "ledger",
            "garden wall",
            "rain gauge",
            "bookshelf",
            "bilge pump",
            "bicycle",
            "letterbox",
            "chart table",
            "roof tile",
            "anchor chain",
            "lamp",
            "kettle",
            "winch",
        ],
    ),
    (
        "adj",
        &[
            "old",
            "blue",
            "borrowed",
            "heavy",
            "narrow",
            "new",
            "rusty",
            "quiet",
            "spare",
            "crooked",
            "second-hand",
            "long-forgotten",
        ],
    ),
    (
        "place",
        &[
            "Norderhafen",
            "Lindby",
            "the boatyard",
            "Skarpsund",
            "the allotment",
            "Mill Lane",
            "the library",
            "Kattvik",
            "the workshop",
            "Ulmen Street",
            "the lighthouse",
        ],
    ),
    (
        "when",
        &[
            "on Tuesday",
            "before the frost",
            "next week",
            "after lunch",
            "at first light",
            "by the end of the month",
            "over Easter",
            "in the evening",
            "before the ferry leaves",
            "when the tide turns",
        ],
    ),
    (
        "did",
        &[
            "mended",
            "measured",
            "painted",
            "ordered",
            "sold",
            "moved",
            "sketched",
            "weighed",
            "cleaned",
            "photographed",
            "lost",
            "found",
        ],
    ),
    (
        "will",
        &[
            "repair",
            "replace",
            "count",
            "collect",
            "return",
            "inspect",
            "sand down",
            "insure",
            "label",
            "lend out",
        ],
    ),
    (
        "topic",
        &[
            "the mooring fees",
            "the tide tables",
            "the kitchen",
            "the summer party",
            "the insurance",
            "the tenancy",
            "the choir",
            "the survey",
            "the winter storage",
            "the garden plan",
        ],
    ),
    (
        "feel",
        &[
            "It went better than expected.",
            "Nobody complained.",
            "We should have started earlier.",
            "That settles it for now.",
            "The numbers still do not add up.",
            "It was worth the trouble.",
            "I would do it the same way again.",
            "More on this soon.",
        ],
    ),
    (
        "food",
        &[
            "leeks",
            "rye flour",
            "butter",
            "smoked mackerel",
            "juniper",
            "potatoes",
            "cream",
            "dill",
            "plums",
            "cardamom",
            "barley",
            "honey",
            "mustard",
        ],
    ),
    (
        "science",
        &[
            "the drift of fine sediment",
            "wave height at the outer buoy",
            "the salinity gradient",
            "tidal asymmetry",
            "the spring bloom",
            "bed roughness",
            "the residual current",
            "eelgrass cover",
        ],
    ),
    (
        "method",
        &[
            "a moored current meter",
            "weekly water samples",
            "the drone survey",
            "a box model",
            "two drifting buoys",
            "the 1987 chart",
            "repeated echo soundings",
        ],
    ),
];

const PROSE: [&str; 14] = [
    "{who} {did} the {adj} {thing} in {place} {when}.",
    "We talked about {topic}, and {who} will {will} the {thing} {when}.",
    "The {thing} is still at {place}; {who} has the key.",
    "I {did} the {adj} {thing}, then walked to {place} with {who}.",
    "Please remember to {will} the {adj} {thing} {when}.",
    "{feel}",
    "About {topic}: {who} would rather wait, I would rather {will} the {thing} first.",
    "{who} wrote that the {thing} will arrive in {place} {when}.",
    "It rained all day, so we stayed in {place} and {did} the {thing}.",
    "The {adj} {thing} costs more than {who} said.",
    "There is a list of everything we {did} {when}; the {thing} is missing from it.",
    "{who} and I disagree about {topic}, but not about the {adj} {thing}.",
    "If nobody minds, {who} can {will} it {when}.",
    "Nothing new from {place}. {feel}",
];

const SCHOLARLY: [&str; 10] = [
    "Earlier work explains {science} by {science}, yet the record from {place} does not follow it.",
    "We estimate {science} with {method} and compare it with {method}.",
    "The uncertainty is dominated by {science}, as shown by {method}.",
    "Between the two seasons {science} changes by a factor of three.",
    "No single season of {method} can separate {science} from {science}.",
    "The site at {place} was chosen because {method} was already there.",
    "This agrees with what {who} reported for {place}.",
    "A lag of about two hours remains between {science} and {science}.",
    "The calibration was repeated with {method}; the difference was small.",
    "Whether {science} matters at {place} is left open here.",
];

/// `template` with each `{bank}` replaced by a word of that bank, its first letter large.
pub(crate) fn fill(rng: &mut Rng, template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, bank)) = BANKS.iter().find(|(bank, _)| *bank == name) {
            out.push_str(bank[rng.usize(0..bank.len())]);
        }
        rest = after;
    }
    out.push_str(rest);
    capital(&out)
}

/// `text` with its first letter large.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// One word of a bank; empty for a bank that there is not.
pub(crate) fn word(rng: &mut Rng, bank: &str) -> String {
    fill(rng, &format!("{{{bank}}}"))
}

fn sentences(rng: &mut Rng, from: &[&str], count: usize) -> String {
    let mut out: Vec<String> = Vec::new();
    for _ in 0..count {
        let template = from[rng.usize(0..from.len())];
        out.push(fill(rng, template));
    }
    out.join(" ")
}

/// A paragraph of everyday prose.
pub(crate) fn paragraph(rng: &mut Rng) -> String {
    let count = rng.usize(2..=5);
    sentences(rng, &PROSE, count)
}

/// A sentence of everyday prose.
pub(crate) fn sentence(rng: &mut Rng) -> String {
    sentences(rng, &PROSE, 1)
}

/// A paragraph of a thesis.
pub(crate) fn scholarly(rng: &mut Rng) -> String {
    let count = rng.usize(3..=6);
    sentences(rng, &SCHOLARLY, count)
}

/// `count` of what `make` gives.
pub(crate) fn several(rng: &mut Rng, count: usize, mut make: impl FnMut(&mut Rng) -> String) -> Vec<String> {
    (0..count).map(|_| make(rng)).collect()
}
