//! Recovery: what to restore, the plan for it, and the job that does it.

mod model;
mod plan;
mod work;

pub use model::{PlanItem, RestorePlan, RestoreRequest, RestoreResult, RestoreTarget};
pub use plan::{Planned, PlannedItem, plan};
pub use work::{Order, RestoreWork};
