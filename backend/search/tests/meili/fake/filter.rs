//! Filter expressions, as far as the engine and the recorded exchanges use them.

use serde_json::{Map, Value};

pub enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Is(String, Vec<String>),
    Compare(String, String, f64),
    Starts(String, String),
}

/// A string, or arrays of strings of which all, and in the inner ones any, must hold.
pub fn of_json(filter: &Value, filterable: &[String], version: &str) -> Result<Condition, String> {
    match filter {
        Value::String(text) => parse(text, filterable, version),
        Value::Array(all) => {
            let any = |part: &Value| match part {
                Value::Array(any) => any
                    .iter()
                    .map(|one| of_json(one, filterable, version))
                    .collect::<Result<_, _>>()
                    .map(Condition::Any),
                one => of_json(one, filterable, version),
            };
            all.iter().map(any).collect::<Result<_, _>>().map(Condition::All)
        }
        Value::Null => Ok(Condition::All(Vec::new())),
        other => Err(format!("no filter: {other}")),
    }
}

pub fn parse(text: &str, filterable: &[String], version: &str) -> Result<Condition, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, filterable, version };
    let condition = parser.any()?;
    match parser.tokens {
        [] => Ok(condition),
        [rest, ..] => Err(format!("Found unexpected characters at the end of the filter: {rest:?}")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&next) = characters.get(at) {
        let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        if next.is_whitespace() {
            at += 1;
        } else if next == '\'' || next == '"' {
            let (value, end) = quoted(&characters, at)?;
            tokens.push(Token::Quoted(value));
            at = end;
        } else if is_word(next) {
            let word: String = characters[at..].iter().copied().take_while(|c| is_word(*c)).collect();
            at += word.chars().count();
            tokens.push(Token::Word(word));
        } else {
            let two: String = characters[at..].iter().take(2).collect();
            let sign = if [">=", "<=", "!="].contains(&two.as_str()) { two } else { next.to_string() };
            at += sign.len();
            tokens.push(Token::Sign(sign));
        }
    }
    Ok(tokens)
}

/// A backslash says that what follows is no end, and then that it is itself.
fn quoted(characters: &[char], start: usize) -> Result<(String, usize), String> {
    let quote = characters[start];
    let mut value = String::new();
    let mut at = start + 1;
    while let Some(&next) = characters.get(at) {
        at += 1;
        if next == quote {
            return Ok((value, at));
        }
        if next == '\\' {
            let Some(&escaped) = characters.get(at) else { break };
            at += 1;
            match escaped {
                '\\' => value.push('\\'),
                c if c == quote => value.push(c),
                c => return Err(format!("Malformed value: \\{c}")),
            }
        } else {
            value.push(next);
        }
    }
    Err(format!("Expression `{quote}` is missing the closing delimiter."))
}

struct Parser<'a> {
    tokens: &'a [Token],
    filterable: &'a [String],
    version: &'a str,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, expected: &Token) -> bool {
        let found = self.tokens.first() == Some(expected);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn word(&mut self, word: &str) -> bool {
        self.takes(&Token::Word(word.into()))
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.takes(&Token::Sign(sign.into()))
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut any = vec![self.all()?];
        while self.word("OR") {
            any.push(self.all()?);
        }
        Ok(Condition::Any(any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.not()?];
        while self.word("AND") {
            all.push(self.not()?);
        }
        Ok(Condition::All(all))
    }

    fn not(&mut self) -> Result<Condition, String> {
        if self.word("NOT") {
            return Ok(Condition::Not(Box::new(self.not()?)));
        }
        if self.sign("(") {
            let inside = self.any()?;
            return if self.sign(")") { Ok(inside) } else { Err("missing closing parenthesis".into()) };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        let field = self.value()?;
        if !self.filterable.contains(&field) {
            return Err(format!("Attribute `{field}` is not filterable."));
        }
        match self.next() {
            Some(Token::Word(word)) if word == "IN" => Ok(Condition::Is(field, self.list()?)),
            Some(Token::Word(word)) if word == "STARTS" && self.word("WITH") => {
                if ["1.15", "1.16"].iter().any(|old| self.version.starts_with(old)) {
                    return Err(
                        "Using `STARTS WITH` in a filter requires enabling the experimental feature".into()
                    );
                }
                Ok(Condition::Starts(field, folded(&self.value()?)))
            }
            Some(Token::Sign(sign)) if sign == "=" => Ok(Condition::Is(field, vec![folded(&self.value()?)])),
            Some(Token::Sign(sign)) if [">", "<", ">=", "<="].contains(&sign.as_str()) => {
                let value = self.value()?;
                Ok(Condition::Compare(field, sign, value.parse().map_err(|_| format!("no number: {value}"))?))
            }
            other => Err(format!("Was expecting an operation, got {other:?}")),
        }
    }

    fn value(&mut self) -> Result<String, String> {
        let keywords =
            ["AND", "OR", "NOT", "IN", "TO", "EXISTS", "STARTS", "WITH", "CONTAINS", "IS", "NULL", "EMPTY"];
        match self.next() {
            Some(Token::Quoted(value)) => Ok(value),
            Some(Token::Word(value)) if !keywords.contains(&value.as_str()) => Ok(value),
            _ => Err("Was expecting a value but instead got nothing.".into()),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let mut values = Vec::new();
        if !self.sign("[") {
            return Err("expected a list".into());
        }
        while !self.sign("]") {
            values.push(folded(&self.value()?));
            if !self.sign(",") && self.tokens.first() != Some(&Token::Sign("]".into())) {
                return Err("expected `,` or `]`".into());
            }
        }
        Ok(values)
    }
}

/// Values are compared without capitals.
fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

fn values<'a>(document: &'a Map<String, Value>, field: &str) -> Vec<&'a Value> {
    match document.get(field) {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), folded)
}

impl Condition {
    pub fn holds(&self, document: &Map<String, Value>) -> bool {
        match self {
            Self::Any(any) => any.iter().any(|one| one.holds(document)),
            Self::All(all) => all.iter().all(|one| one.holds(document)),
            Self::Not(not) => !not.holds(document),
            Self::Is(field, wanted) => {
                values(document, field).iter().any(|value| wanted.contains(&text(value)))
            }
            Self::Starts(field, start) => {
                values(document, field).iter().any(|value| text(value).starts_with(start))
            }
            Self::Compare(field, sign, with) => values(document, field)
                .iter()
                .filter_map(|value| value.as_f64())
                .any(|value| match sign.as_str() {
                    ">" => value > *with,
                    "<" => value < *with,
                    ">=" => value >= *with,
                    _ => value <= *with,
                }),
        }
    }
}
