//! Recovery: what to restore, the plan for it, the job that does it, and the one that undoes it.

mod model;
mod order;
mod plan;
mod request;
mod result;
mod rules;
mod undo;
mod work;

pub use model::{
    Added, Contents, Existing, Method, NotKeptSum, NotKeptView, PlanAction, PlanItem, RefusedItems,
    RestorePlan,
};
pub use order::{Order, OrderItem};
pub use plan::{Planned, Stop, plan};
pub use request::{Choice, RestoreRequest, RestoreTarget};
pub use result::{Counts, MeansView, RestoreResult, RestoredItem, UndoResult};
pub use undo::{UndoOrder, UndoState, UndoView, UndoWork, undo_state};
pub use work::RestoreWork;
