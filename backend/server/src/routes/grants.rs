//! What a user may see: everything, or some datasets.

use std::collections::{BTreeSet, HashMap};

use actix_web::{get, put, web};
use nasman_catalog::User;
use nasman_core::{DatasetName, Grant, Guid, Right, Role};
use nasman_zfs::ZfsError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::user_not_found;
use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::Admin,
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
    },
};

/// Most grants of a user.
const MOST: usize = 500;

/// What a user may do with a dataset.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Grant)]
pub struct GrantView {
    /// Which one.
    #[schema(value_type = String, example = "tank/home/anna")]
    dataset: DatasetName,
    /// Whether it holds for the datasets beneath it, too, also for those made later.
    #[serde(default)]
    beneath: bool,
    /// What it allows, at least one thing. To restore is to browse.
    #[schema(value_type = Vec<Right>, min_items = 1)]
    rights: BTreeSet<Right>,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        Self { dataset: grant.dataset.clone(), beneath: grant.beneath, rights: grant.rights.clone() }
    }
}

impl From<GrantView> for Grant {
    fn from(view: GrantView) -> Self {
        Self { dataset: view.dataset, beneath: view.beneath, rights: view.rights }
    }
}

/// What a user may see.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserGrants {
    /// Whether only what is granted may be seen, instead of everything.
    restricted: bool,
    /// By the names of the datasets. Kept, without effect, where everything may be seen.
    #[serde(default)]
    grants: Vec<GrantView>,
}

/// What a user may see.
#[utoipa::path(tag = "users", params(("id" = i64, Path, description = "The user")), responses(
    (status = 200, description = "What is granted", body = UserGrants),
    (status = 404, description = "`user_not_found`", body = Problem),
))]
#[get("/users/{id}/grants")]
pub async fn get_grants(
    app: web::Data<App>,
    _user: Admin,
    id: web::Path<i64>,
) -> ApiResult<web::Json<UserGrants>> {
    let id = id.into_inner();
    let asked = app.catalog(move |catalog| Ok((catalog.user(id)?, catalog.grants(id)?)));
    let (user, stored) = asked.await.map_err(user_not_found(id))?;
    // One whose dataset is gone and whose name another one has is not shown: given back, it would be about that one.
    let valid = stored.iter().filter(|stored| !stored.void);
    let grants = valid.map(|stored| (&stored.grant).into()).collect();
    Ok(web::Json(UserGrants { restricted: user.restricted, grants }))
}

/// Replaces what a user may see. It takes effect at once, also where the user is signed in.
#[utoipa::path(tag = "users", request_body = UserGrants, params(("id" = i64, Path, description = "The user")), responses(
    (status = 200, description = "As it is now", body = UserGrants),
    (status = 400, description = "`invalid_request`, `invalid_name`", body = Problem),
    (status = 404, description = "`user_not_found`, `dataset_not_found`", body = Problem),
))]
#[put("/users/{id}/grants")]
pub async fn change_grants(
    app: web::Data<App>,
    admin: Admin,
    id: web::Path<i64>,
    body: Body<UserGrants>,
) -> ApiResult<web::Json<UserGrants>> {
    let id = id.into_inner();
    let UserGrants { restricted, grants } = body.0;
    let grants: Vec<Grant> = grants.into_iter().map(Into::into).collect();
    check(&grants)?;
    let worker = app.clone();
    let changed = app.files(move |_| {
        let user = worker.catalog.user(id).map_err(|error| user_not_found(id)(error.into()))?;
        if restricted && user.role == Role::Admin {
            let detail = "administrators see everything; give the user another role first";
            return Err(ApiError::field(Code::InvalidRequest, "restricted", detail));
        }
        let identified = identified(&worker, id, grants)?;
        Ok((worker.catalog.set_grants(id, restricted, &identified)?, identified))
    });
    let (user, mut identified) = changed.await?;
    identified.sort_by(|(_, a), (_, b)| a.dataset.cmp(&b.dataset));
    audit::note(&app, &admin.0, Note::of(Action::GrantChange).detail(told(&user, &identified))).await;
    let grants = identified.iter().map(|(_, grant)| grant.into()).collect();
    Ok(web::Json(UserGrants { restricted, grants }))
}

fn check(grants: &[Grant]) -> ApiResult<()> {
    if grants.len() > MOST {
        let detail = format!("{} are more than the {MOST} that a user can have", grants.len());
        return Err(ApiError::field(Code::InvalidRequest, "grants", detail));
    }
    let mut names = BTreeSet::new();
    for (number, Grant { dataset, rights, .. }) in grants.iter().enumerate() {
        let wrong = |field: &str, detail: &str| {
            Err(ApiError::field(Code::InvalidRequest, &format!("grants[{number}].{field}"), detail))
        };
        if rights.is_empty() {
            return wrong("rights", "name at least one, or leave the dataset out");
        }
        if !names.insert(dataset) {
            return wrong("dataset", "is granted twice");
        }
    }
    Ok(())
}

/// Each grant with the identity of its dataset. One that is not there now, such as that of an exported pool, can go on
/// being granted.
fn identified(app: &App, user: i64, grants: Vec<Grant>) -> ApiResult<Vec<(Guid, Grant)>> {
    let there: HashMap<_, _> =
        app.zfs.datasets()?.into_iter().map(|found| (found.name, found.guid)).collect();
    let before = app.catalog.grants(user)?;
    let mut identified = Vec::with_capacity(grants.len());
    for (number, grant) in grants.into_iter().enumerate() {
        let name = &grant.dataset;
        let kept = || before.iter().find(|stored| !stored.void && stored.grant.dataset == *name);
        let guid = there.get(name).copied().or_else(|| Some(kept()?.guid)).ok_or_else(|| {
            let field = Some(format!("grants[{number}].dataset"));
            ApiError { field, ..ZfsError::DatasetNotFound(name.clone()).into() }
        })?;
        identified.push((guid, grant));
    }
    // From now on its renaming is noticed.
    for (guid, grant) in identified.iter().filter(|(_, grant)| there.contains_key(&grant.dataset)) {
        app.catalog.note_dataset(*guid, &grant.dataset, app.now())?;
    }
    Ok(identified)
}

/// For the audit log.
fn told(user: &User, grants: &[(Guid, Grant)]) -> String {
    let name = &user.name;
    if !user.restricted {
        return format!("{name} may see everything");
    }
    let one = |(_, grant): &(Guid, Grant)| {
        let beneath = if grant.beneath { " and beneath" } else { "" };
        let rights = grant.rights.iter().map(|right| match right {
            Right::Browse => "browse",
            Right::RestoreInPlace => "restore in place",
            Right::RestoreElsewhere => "restore elsewhere",
        });
        format!("{}{beneath} ({})", grant.dataset, rights.collect::<Vec<_>>().join(", "))
    };
    match grants {
        [] => format!("{name} may see nothing"),
        grants => format!("{name} may see {}", grants.iter().map(one).collect::<Vec<_>>().join("; ")),
    }
}

/// What a caller may see, as they are told themselves.
#[must_use]
pub fn granted(access: &crate::auth::Access) -> Vec<GrantView> {
    access.grants().iter().map(Into::into).collect()
}
