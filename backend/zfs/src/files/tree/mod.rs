//! Puts trees back: files, links, pipes and folders with all that is in them, beside what is there or in its place.
//!
//! [`survey`] tells in advance what a restore would meet, [`Trees`] carries it out; both ask the same
//! [`Decide`], so that what was shown is what is done. All that is written is made in one hidden folder of this
//! restore, and given its name when it is complete: a file where a folder is merged, a folder that did not exist
//! with all that is in it. So whoever looks sees the old state or the new one, and what a kill leaves is
//! that one folder ([`remove_staging`]).

mod folder;
mod item;
mod links;
mod make;
mod model;
mod put;
mod run;
mod staging;
mod stands;
mod survey;
mod together;
mod trees;
mod undo;

pub use model::{Carry, Decide, Deed, Done, Mark, Met, Outcome, Placing, Standing};
pub use staging::remove_staging;
pub use survey::{Look, Survey, survey};
pub use trees::Trees;
pub use undo::{Removed, move_aside, move_back, remove_made};
