//! `size:>1G`.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

/// Binary, as ZFS counts; by their powers of 1024.
const UNITS: &str = "kmgtpe";

const RIGHT: &str = "right is size:>1G, size:<500K, size:1M..2.5G or size:0";

/// A size as typed: what it is, and the least and greatest that round to it.
struct Size {
    exact: u64,
    least: u64,
    greatest: u64,
}

/// The bytes between which a size must be.
///
/// # Errors
/// What would be right.
pub(super) fn range(value: &str) -> Result<(Bound<u64>, Bound<u64>), String> {
    let value = value.to_ascii_lowercase();
    if let Some((from, to)) = value.split_once("..") {
        let from = if from.trim().is_empty() { None } else { Some(size(from)?.exact) };
        let to = if to.trim().is_empty() { None } else { Some(size(to)?.exact) };
        return match (from, to) {
            (None, None) => Err(format!("no size; {RIGHT}")),
            (Some(from), Some(to)) if from > to => Err(format!("the range ends before it begins; {RIGHT}")),
            _ => Ok((from.map_or(Unbounded, Included), to.map_or(Unbounded, Included))),
        };
    }
    if let Some(least) = value.strip_prefix(">=") {
        return Ok((Included(size(least)?.exact), Unbounded));
    }
    if let Some(most) = value.strip_prefix("<=") {
        return Ok((Unbounded, Included(size(most)?.exact)));
    }
    if let Some(below) = value.strip_prefix('>') {
        return Ok((Excluded(size(below)?.exact), Unbounded));
    }
    if let Some(above) = value.strip_prefix('<') {
        return match size(above)?.exact {
            0 => Err(format!("nothing is smaller than 0; {RIGHT}")),
            exact => Ok((Unbounded, Excluded(exact))),
        };
    }
    let about = size(value.strip_prefix('=').unwrap_or(&value))?;
    Ok((Included(about.least), Included(about.greatest)))
}

/// One number with its unit, in small letters.
fn size(text: &str) -> Result<Size, String> {
    let text = text.trim();
    let wrong = || format!("{text:?} is no size; {RIGHT}");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim_start());
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(unit);
    let power = match unit {
        "" => 0,
        _ => 1 + UNITS.find(unit).filter(|_| unit.len() == 1).ok_or_else(wrong)?,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || !digits(whole)
        || !digits(fraction)
        || fraction.len() > 9
        || (power == 0 && end > whole.len())
    {
        return Err(wrong());
    }
    let too_much = |_| format!("no file is as large as {text}; {RIGHT}");
    let scaled: u128 = format!("{whole}{fraction}").parse().map_err(|_| too_much(()))?;
    let scale = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let bytes = 1_u128 << (10 * power);
    let exactly = scaled.checked_mul(bytes).ok_or_else(|| too_much(()))? / scale;
    let exact = u64::try_from(exactly).ok().filter(|exact| i64::try_from(*exact).is_ok());
    let exact = exact.ok_or_else(|| too_much(()))?;
    let half = u64::try_from(bytes / scale / 2).unwrap_or(0);
    Ok(Size { exact, least: exact.saturating_sub(half), greatest: exact + half.saturating_sub(1) })
}

/// So that it is understood as the same: with the largest unit that divides it.
pub(super) fn print(bytes: u64) -> String {
    let power = if bytes == 0 { 0 } else { (bytes.trailing_zeros() / 10).min(6) };
    let unit = power.checked_sub(1).and_then(|at| UNITS.chars().nth(at as usize));
    let unit = unit.map(|unit| unit.to_ascii_uppercase().to_string()).unwrap_or_default();
    format!("{}{unit}", bytes >> (10 * power))
}
