//! Rounds, and what is made of them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Measures NASMan and a peer by turns, and who is first by turns too, so that neither profits from what the machine
/// does besides. Both answer with seconds; returns NASMan's [`undisturbed`] ones and the peer's.
pub fn alternate(
    rounds: usize,
    mut nasman: impl FnMut() -> Result<f64>,
    mut peer: impl FnMut() -> Result<f64>,
) -> Result<(f64, f64)> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            theirs.push(peer()?);
            ours.push(nasman()?);
        } else {
            ours.push(nasman()?);
            theirs.push(peer()?);
        }
    }
    Ok((undisturbed(ours)?, undisturbed(theirs)?))
}

/// The [`undisturbed`] seconds of some rounds.
pub fn repeat(rounds: usize, measure: impl FnMut() -> Result<f64>) -> Result<f64> {
    undisturbed(std::iter::repeat_with(measure).take(rounds).collect::<Result<_>>()?)
}

/// The lower quartile. What else the machine does can slow a round down and never speed it up, so that on a busy machine
/// the quartiles of two runs lie much closer together than their medians.
pub fn undisturbed(seconds: Vec<f64>) -> Result<f64> {
    percentile(seconds, 25)
}

/// The least value that `percent` of all values do not exceed.
pub fn percentile(mut values: Vec<f64>, percent: usize) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(rank).copied().context("nothing was measured")
}

/// Seconds that work takes.
pub fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed().as_secs_f64())
}

/// Asks until the answer is there.
pub fn wait_for<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        match ask() {
            Ok(Some(answer)) => return Ok(answer),
            Err(error) if Instant::now() > end => return Err(error.context(what.to_owned())),
            Ok(None) if Instant::now() > end => anyhow::bail!("{what}: not within {} s", limit.as_secs()),
            Ok(None) | Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(values.clone(), 99).unwrap(), 99.0);
        assert_eq!(percentile(values, 50).unwrap(), 50.0);
        assert_eq!(percentile(vec![3.0, 1.0, 2.0], 50).unwrap(), 2.0);
        assert_eq!(percentile(vec![7.0], 99).unwrap(), 7.0);
        assert!(percentile(Vec::new(), 50).is_err());
    }

    #[test]
    fn what_disturbs_a_few_rounds_does_not_show() {
        assert_eq!(undisturbed(vec![9.0, 1.1, 1.0, 30.0, 1.2, 9.0, 9.0, 9.0]).unwrap(), 1.1);
        assert_eq!(undisturbed(vec![3.0, 1.0, 2.0]).unwrap(), 1.0);
    }

    #[test]
    fn who_is_first_alternates() {
        let order = std::cell::RefCell::new(String::new());
        let note = |who| {
            order.borrow_mut().push(who);
            Ok(1.0)
        };
        alternate(3, || note('n'), || note('p')).unwrap();
        assert_eq!(*order.borrow(), "pnnppn");
    }
}
