//! Who is asking, and what they may do.
//!
//! Access is an argument of the handler: one that takes `user: Operator` is not reached by less. A browser
//! shows a signed cookie, a script a bearer token. The argument comes before those that read the request: the first
//! that fails is the answer.

mod access;
mod caller;
mod cookie;
mod password;
mod throttle;
mod token;

pub use access::{Access, job_not_found};
pub use caller::{Admin, Caller, Operator, RenewedCookie, Restorer, Via, Viewer, know_caller};
pub use cookie::{COOKIE, CookieKey};
pub use password::{MIN_LENGTH, Passwords};
pub use throttle::Throttle;
pub use token::{hash_token, new_secret};
