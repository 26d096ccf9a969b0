//! Who may sign in.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use jiff::Timestamp;
use nasman_catalog::{NewUser, User, UserChange};
use nasman_core::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{App, blocking},
    audit::{self, Action, Note},
    auth::Admin,
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
        page::Page,
    },
};

/// Longest name of a user, in bytes.
const MAX_NAME: usize = 64;

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Identity.
    id: i64,
    /// Unique, whatever the case of its letters.
    #[schema(example = "anna")]
    name: String,
    /// What the user may do.
    role: Role,
    /// Can't sign in.
    disabled: bool,
    /// Sees only what is granted. Never so for administrators.
    restricted: bool,
    /// When made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Last sign-in; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login_at: Option<Timestamp>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            role: user.role,
            disabled: user.disabled,
            restricted: user.restricted && user.role != Role::Admin,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// A user to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub struct NewUserBody {
    /// Unique: 1 to 64 bytes without control characters, slashes or spaces at the ends.
    #[schema(example = "anna")]
    name: String,
    /// 8 characters or more.
    #[schema(format = Password)]
    password: String,
    /// What the user may do.
    role: Role,
    /// Whether to see only what is granted, which is nothing at first; absent: everything. Not for administrators.
    #[serde(default)]
    restricted: bool,
}

/// What to change about a user; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChange)]
pub struct UserChangeBody {
    /// New role.
    #[serde(default)]
    role: Option<Role>,
    /// Disable or enable.
    #[serde(default)]
    disabled: Option<bool>,
    /// New password; signs the user out everywhere.
    #[serde(default)]
    #[schema(format = Password)]
    password: Option<String>,
}

/// Lists the users.
#[utoipa::path(tag = "users", responses((status = 200, description = "All users, by name", body = Page<UserView>)))]
#[get("/users")]
pub async fn list_users(app: web::Data<App>, _user: Admin) -> ApiResult<web::Json<Page<UserView>>> {
    let users = app.catalog(|catalog| catalog.users()).await?;
    Ok(web::Json(Page::whole(users.into_iter().map(Into::into).collect())))
}

/// Makes a user.
#[utoipa::path(tag = "users", request_body = NewUserBody, responses(
    (status = 201, description = "Made", body = UserView),
    (status = 400, description = "`invalid_request`", body = Problem),
    (status = 409, description = "`name_taken`", body = Problem),
))]
#[post("/users")]
pub async fn create_user(
    app: web::Data<App>,
    admin: Admin,
    body: Body<NewUserBody>,
) -> ApiResult<HttpResponse> {
    let NewUserBody { name, password, role, restricted } = body.0;
    check_user_name(&name)?;
    if restricted && role == Role::Admin {
        let detail = "administrators see everything; choose another role";
        return Err(ApiError::field(Code::InvalidRequest, "restricted", detail));
    }
    let hash = hashed(&app, password).await?;
    let now = app.now();
    let user = app
        .catalog(move |catalog| {
            catalog.add_user(&NewUser { name: &name, password_hash: &hash, role, restricted }, now)
        })
        .await?;
    let sees = if restricted { "; sees what is granted" } else { "" };
    let note = Note::of(Action::UserCreate).detail(format!("{}, {}{sees}", user.name, user.role));
    audit::note(&app, &admin.0, note).await;
    Ok(HttpResponse::Created().json(UserView::from(user)))
}

/// # Errors
/// [`Code::InvalidRequest`] when nobody could type or see such a name.
pub fn check_user_name(name: &str) -> ApiResult<()> {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if name.is_empty() || name.len() > MAX_NAME || name.trim() != name || name.contains(odd) {
        let rule =
            format!("takes 1 to {MAX_NAME} bytes, without control characters, slashes or spaces at the ends");
        return Err(ApiError::field(Code::InvalidRequest, "name", rule));
    }
    Ok(())
}

async fn hashed(app: &App, password: String) -> ApiResult<String> {
    let passwords = app.passwords.clone();
    blocking(app.config.zfs_timeout, move || passwords.hash("password", &password)).await
}

/// Names the user where the catalog says that something is not there.
pub(super) fn user_not_found(id: i64) -> impl FnOnce(ApiError) -> ApiError {
    move |error| match error.code {
        Code::NotFound => ApiError::new(Code::UserNotFound, format!("no user {id} exists")),
        _ => error,
    }
}

/// Changes a user. It takes effect at once, also where the user is signed in.
#[utoipa::path(tag = "users", request_body = UserChangeBody, params(("id" = i64, Path, description = "The user")), responses(
    (status = 200, description = "As it is now", body = UserView),
    (status = 404, description = "`user_not_found`", body = Problem),
    (status = 409, description = "`last_admin`", body = Problem),
))]
#[patch("/users/{id}")]
pub async fn change_user(
    app: web::Data<App>,
    admin: Admin,
    id: web::Path<i64>,
    body: Body<UserChangeBody>,
) -> ApiResult<web::Json<UserView>> {
    let id = id.into_inner();
    let UserChangeBody { role, disabled, password } = body.0;
    let told = told(role, disabled, password.is_some());
    let password_hash = match password {
        Some(password) => Some(hashed(&app, password).await?),
        None => None,
    };
    let change = UserChange { role, disabled, password_hash };
    let user =
        app.catalog(move |catalog| catalog.change_user(id, change)).await.map_err(user_not_found(id))?;
    let note = Note::of(Action::UserChange).detail(format!("{}: {told}", user.name));
    audit::note(&app, &admin.0, note).await;
    Ok(web::Json(user.into()))
}

/// For the audit log, which tells that there is another password and not which.
fn told(role: Option<Role>, disabled: Option<bool>, password: bool) -> String {
    let state = disabled.map(|disabled| if disabled { "disabled" } else { "enabled" }.to_owned());
    let password = password.then(|| "password".to_owned());
    let parts = [role.map(|role| format!("role {role}")), state, password];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Removes a user, with their sessions and tokens.
#[utoipa::path(tag = "users", params(("id" = i64, Path, description = "The user")), responses(
    (status = 204, description = "Removed"),
    (status = 404, description = "`user_not_found`", body = Problem),
    (status = 409, description = "`last_admin`", body = Problem),
))]
#[delete("/users/{id}")]
pub async fn delete_user(app: web::Data<App>, admin: Admin, id: web::Path<i64>) -> ApiResult<HttpResponse> {
    let id = id.into_inner();
    let removed = app.catalog(move |catalog| {
        let user = catalog.user(id)?;
        catalog.remove_user(id)?;
        Ok(user.name)
    });
    let name = removed.await.map_err(user_not_found(id))?;
    audit::note(&app, &admin.0, Note::of(Action::UserRemove).detail(name)).await;
    Ok(HttpResponse::NoContent().finish())
}
