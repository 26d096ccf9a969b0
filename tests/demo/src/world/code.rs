//! Source trees: small, sensible, and many files of them.

use std::fmt::Write as _;

use fastrand::Rng;

use super::words::{capital, paragraph, sentence, word};
use super::{Shelf, prose};
use crate::content::Content;
use crate::plan::JONAS;

/// Name, language by its files' ending, modules.
const PROJECTS: [(&str, &str, usize); 9] = [
    ("tidewatch", "rs", 60),
    ("logbook", "py", 54),
    ("galley-planner", "ts", 70),
    ("anemometer", "c", 44),
    ("harbour-site", "html", 36),
    ("old-website", "html", 30),
    ("chart-tools", "go", 40),
    ("moorings", "java", 46),
    ("sediment-model", "py", 40),
];

const NOUNS: [&str; 20] = [
    "tide", "gauge", "buoy", "chart", "station", "reading", "route", "vessel", "berth", "wind", "sample",
    "tariff", "ledger", "signal", "beacon", "depth", "current", "season", "crew", "locker",
];
const VERBS: [&str; 12] = [
    "load", "merge", "parse", "render", "check", "round", "collect", "index", "export", "sort", "filter",
    "predict",
];

fn noun(rng: &mut Rng) -> &'static str {
    NOUNS[rng.usize(0..NOUNS.len())]
}

fn verb(rng: &mut Rng) -> &'static str {
    VERBS[rng.usize(0..VERBS.len())]
}

/// A source file of the language, some thirty lines.
pub(crate) fn source(rng: &mut Rng, language: &str, name: &str) -> String {
    let mut out = match language {
        "rs" => format!("//! {}\n\nuse std::collections::BTreeMap;\n", sentence(rng)),
        "py" => format!("\"\"\"{}\"\"\"\n\nfrom dataclasses import dataclass\n", sentence(rng)),
        "ts" => format!("// {}\nimport {{ api }} from \"./api\";\n", sentence(rng)),
        "c" => format!("/* {} */\n#include <stdint.h>\n#include \"{name}.h\"\n", sentence(rng)),
        "go" => format!("// Package {name}: {}\npackage {name}\n", sentence(rng)),
        "java" => format!("/** {} */\npublic final class {} {{\n", sentence(rng), capital(name)),
        _ => return page(rng, name),
    };
    for _ in 0..rng.usize(2..=5) {
        out.push('\n');
        out.push_str(&function(rng, language));
    }
    if language == "java" {
        out.push_str("}\n");
    }
    out
}

fn function(rng: &mut Rng, language: &str) -> String {
    let (verb, noun, other) = (verb(rng), noun(rng), noun(rng));
    let (limit, says) = (rng.u16(2..900), sentence(rng));
    match language {
        "rs" => format!(
            "/// {says}\npub fn {verb}_{noun}({noun}s: &[f64]) -> BTreeMap<usize, f64> {{\n    {noun}s.iter().copied().enumerate().filter(|(_, {other})| *{other} < {limit}.0).collect()\n}}\n"
        ),
        "py" => format!(
            "def {verb}_{noun}({noun}s, {other}={limit}):\n    \"\"\"{says}\"\"\"\n    found = [n for n in {noun}s if n < {other}]\n    return sorted(found)\n"
        ),
        "ts" => format!(
            "/** {says} */\nexport async function {verb}{}(id: string): Promise<number[]> {{\n  const {other} = await api.get(`/{noun}/${{id}}`);\n  return {other}.filter((n: number) => n < {limit});\n}}\n",
            capital(noun)
        ),
        "c" => format!(
            "/* {says} */\nint32_t {verb}_{noun}(const int32_t *{other}, uint8_t count)\n{{\n    int32_t sum = 0;\n    for (uint8_t i = 0; i < count; i++)\n        sum += {other}[i] % {limit};\n    return sum;\n}}\n"
        ),
        "go" => format!(
            "// {}{} : {says}\nfunc {}{}({other} []float64) (sum float64) {{\n\tfor _, v := range {other} {{\n\t\tif v < {limit} {{\n\t\t\tsum += v\n\t\t}}\n\t}}\n\treturn\n}}\n",
            capital(verb),
            capital(noun),
            capital(verb),
            capital(noun)
        ),
        _ => format!(
            "    /** {says} */\n    static double {verb}{}(double[] {other}) {{\n        double sum = 0;\n        for (double v : {other}) if (v < {limit}) sum += v;\n        return sum;\n    }}\n",
            capital(noun)
        ),
    }
}

fn page(rng: &mut Rng, name: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title><link rel=\"stylesheet\" href=\"/style.css\"></head>\n<body>\n<h1>{0}</h1>\n",
        capital(name)
    );
    for _ in 0..rng.usize(2..=5) {
        let _ = write!(out, "<h2>{}</h2>\n<p>{}</p>\n", capital(&word(rng, "topic")), paragraph(rng));
    }
    out + "</body>\n</html>\n"
}

/// A module's name; the number keeps it apart from others.
pub(crate) fn module(rng: &mut Rng, n: usize, language: &str) -> String {
    let separator = if matches!(language, "java" | "go") { "" } else { "_" };
    format!("{}{separator}{}{n}", verb(rng), noun(rng))
}

pub(super) fn projects(rng: &mut Rng, shelf: &mut Shelf) {
    for (project, language, modules) in PROJECTS {
        let begun = shelf.past(rng, 1000);
        let mut ages = rng.fork();
        let mut put = |path: String, text: String| {
            let at = begun + ages.i64(0..shelf.now - begun);
            shelf.file(format!("{project}/{path}"), Content::Text(text), JONAS, at);
        };
        let readme = format!("# {project}\n\n{}\n\n## Use\n\n{}\n", paragraph(rng), paragraph(rng));
        put("README.md".into(), readme);
        put(".gitignore".into(), "build/\nnode_modules/\ntarget/\n*.o\n".into());
        put("CHANGES.md".into(), format!("# Changes\n\n- {}\n- {}\n", sentence(rng), sentence(rng)));
        let (file, text) = build_file(project, language);
        put(file.into(), text);
        for n in 0..modules {
            let name = module(rng, n, language);
            let folder = ["src", "src", "src/model", "src/io", "tests"][n % 5];
            let text = source(rng, language, &name);
            put(format!("{folder}/{name}.{language}"), text);
            if language == "c" {
                let guard = name.to_uppercase();
                let text = format!(
                    "#ifndef {guard}_H\n#define {guard}_H\n#include <stdint.h>\n\nint32_t {name}(const int32_t *values, uint8_t count);\n\n#endif\n"
                );
                put(format!("{folder}/{name}.h"), text);
            }
        }
        for n in 0..8 {
            let title = capital(&word(rng, "topic"));
            let text = prose::note(rng, &title);
            put(format!("docs/{n:02}-{}.md", noun(rng)), text);
            let rows = prose::table(rng, begun, 30);
            put(format!("data/{}-{n}.csv", noun(rng)), prose::csv(&rows));
        }
    }
    packages(rng, shelf);
}

/// The hundreds of small files that a package manager leaves.
fn packages(rng: &mut Rng, shelf: &mut Shelf) {
    for n in 0..110 {
        let name = format!("{}-{}", verb(rng), noun(rng));
        let folder = format!("galley-planner/node_modules/{name}{n}");
        let at = shelf.past(rng, 60);
        let about = format!(
            "{{\n  \"name\": \"{name}{n}\",\n  \"version\": \"{}.{}.0\",\n  \"main\": \"index.js\"\n}}\n",
            rng.u8(0..9),
            rng.u8(0..20)
        );
        shelf.file(format!("{folder}/package.json"), Content::Text(about), JONAS, at);
        let code = format!(
            "// {}\nmodule.exports = (list) => list.filter((n) => n < {});\n",
            sentence(rng),
            rng.u16(1..500)
        );
        shelf.file(format!("{folder}/index.js"), Content::Text(code), JONAS, at);
    }
}

fn build_file(project: &str, language: &str) -> (&'static str, String) {
    match language {
        "rs" => (
            "Cargo.toml",
            format!("[package]\nname = \"{project}\"\nversion = \"0.3.1\"\nedition = \"2024\"\n"),
        ),
        "py" => (
            "pyproject.toml",
            format!("[project]\nname = \"{project}\"\nversion = \"1.2\"\nrequires-python = \">=3.11\"\n"),
        ),
        "ts" => (
            "package.json",
            format!(
                "{{\n  \"name\": \"{project}\",\n  \"private\": true,\n  \"scripts\": {{ \"build\": \"tsc\" }}\n}}\n"
            ),
        ),
        "go" => ("go.mod", format!("module example.com/{project}\n\ngo 1.22\n")),
        "java" => (
            "pom.xml",
            format!(
                "<project>\n  <artifactId>{project}</artifactId>\n  <version>2.0</version>\n</project>\n"
            ),
        ),
        "c" => (
            "Makefile",
            format!(
                "OBJS := $(patsubst %.c,%.o,$(wildcard src/*.c))\n{project}: $(OBJS)\n\t$(CC) -o $@ $^\n"
            ),
        ),
        _ => ("style.css", "body { max-width: 40rem; margin: auto; font-family: sans-serif }\n".to_owned()),
    }
}
