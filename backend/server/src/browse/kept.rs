//! Folders as the catalog has them, with what became of each entry when that is asked for.

use nasman_catalog::DirPage;
use nasman_core::EntryName;
use nasman_zfs::files::Cursor;

use super::{
    Entry, Folder, Question, Source,
    known::{Known, known},
};
use crate::{
    app::App,
    http::error::{ApiError, ApiResult, Code},
};

/// What the catalog knows. A folder that it does not know was not there.
pub(super) fn of_catalog(app: &App, state: &Known, question: &Question) -> ApiResult<Folder> {
    // Nothing can be said of live before it was looked at.
    let live_as_of = state.dataset.position_at.filter(|_| question.compare && question.at.is_some());
    let (items, next, total) = match live_as_of {
        Some(_) => compared(app, state, question)?,
        None => {
            let page = names(app, state, question)?;
            let items = page.entries.iter().map(|entry| {
                let path = question.path.join(&entry.name)?;
                Ok(Entry::of_known(path, entry, &app.owners))
            });
            (items.collect::<ApiResult<_>>()?, page.next, page.total)
        }
    };
    Ok(Folder {
        moment: state.moment.clone(),
        items,
        next: next.map(|(folder, name)| Cursor { folder, name }),
        total,
        findings: Vec::new(),
        source: Source::Catalog,
        as_of: state.as_of(),
        note: None,
        live_as_of,
    })
}

type Page = (Vec<Entry>, Option<(bool, EntryName)>, u64);

fn compared(app: &App, state: &Known, question: &Question) -> ApiResult<Page> {
    let after = question.after.clone().map(|cursor| (cursor.folder, cursor.name));
    let Question { path, added, limit, .. } = question;
    let answer = app.catalog.list_compared(state.dataset.id, state.at, path, *added, after.as_ref(), *limit);
    let page = known(answer)?.ok_or_else(|| not_there(question))?;
    let items = page.entries.iter().map(|compared| {
        let path = path.join(&compared.entry.name)?;
        Ok(Entry::of_compared(path, compared, &app.owners))
    });
    Ok((items.collect::<ApiResult<_>>()?, page.next, page.total))
}

pub(super) fn names(app: &App, state: &Known, question: &Question) -> ApiResult<DirPage> {
    let after = question.after.clone().map(|cursor| (cursor.folder, cursor.name));
    let (id, path) = (state.dataset.id, &question.path);
    let page = known(app.catalog.list(id, state.at, path, after.as_ref(), question.limit))?;
    page.ok_or_else(|| not_there(question))
}

pub(super) fn not_there(question: &Question) -> ApiError {
    let when = question.at.as_ref().map_or_else(String::new, |at| format!(" as of {at}"));
    let path = question.path.display();
    ApiError::new(Code::FileNotFound, format!("{} has no folder '{path}'{when}", question.dataset))
}
