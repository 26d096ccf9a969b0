//! Whether what the catalog holds can be true.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName, RunQueryDsl as _,
        SelectableHelper as _,
    },
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    datasets::DatasetId,
    row::{DIRECTORY, LinkRow, ObjectRow, file_flag},
    snapshots::states,
};
use crate::{
    Catalog, Result,
    schema::{datasets, links, objects},
};

/// Problems told at most; more of them say nothing more.
const MOST: usize = 100;
/// Rows looked at together.
const ROWS: i64 = if cfg!(test) { 5 } else { 20_000 };

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What, for people.
    pub text: String,
    /// False where it needs nothing: an interrupted state is undone when the next one is taken in.
    pub damage: bool,
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, text: String) {
        if !self.full() {
            self.0.push(Problem { text, damage: true });
        }
    }

    fn full(&self) -> bool {
        self.0.len() >= MOST
    }
}

impl Catalog {
    /// Looks for damage: of the file itself, and of what it says of files over time. Answers at most 100 problems.
    ///
    /// # Errors
    /// When there is no connection. A database that can't be read is a problem found.
    pub fn check(&self) -> Result<Vec<Problem>> {
        let conn = &mut *self.lasting()?;
        let mut problems = Problems::default();
        if let Err(error) = check_file(conn, &mut problems) {
            problems.add(format!("the file can't be read: {error}"));
        }
        // Rows out of a damaged file would be reported twice.
        if problems.0.is_empty()
            && let Err(error) = self.check_rows(conn, &mut problems)
        {
            problems.add(format!("the rows can't be read: {error}"));
        }
        Ok(problems.0)
    }

    fn check_rows(&self, conn: &mut SqliteConnection, problems: &mut Problems) -> Result<()> {
        use diesel::Connection as _;
        conn.transaction(|conn| {
            for sql in [SAME_NAME, OBJECT_NOTES, LINK_NOTES, NO_DATASET] {
                let rows: Vec<Message> = diesel::sql_query(sql).load(conn)?;
                rows.into_iter().for_each(|row| problems.add(row.message));
            }
            let all: Vec<(i64, String, Option<i64>, Option<i64>)> = datasets::table
                .select((datasets::id, datasets::name, datasets::position, datasets::applying))
                .load(conn)?;
            for (id, name, position, applying) in all {
                if let Some(applying) = applying {
                    let text =
                        format!("{name}: the state {applying} was interrupted; the next one undoes it");
                    problems.0.push(Problem { text, damage: false });
                }
                let states = states(conn, DatasetId(id))?;
                if states.last().copied() != position {
                    problems
                        .add(format!("{name}: the newest state is {position:?}, but {states:?} are indexed"));
                }
                let mut check =
                    Check { dataset: id, name, position, states, parents: HashMap::new(), problems };
                check.run(conn)?;
            }
            Ok(())
        })
    }
}

#[derive(QueryableByName)]
struct Message {
    #[diesel(sql_type = Text)]
    message: String,
}

/// What SQLite itself says of the file.
pub(crate) fn check_file(conn: &mut SqliteConnection, problems: &mut impl Extend<Problem>) -> Result<()> {
    #[derive(QueryableByName)]
    struct Integrity {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    #[derive(QueryableByName)]
    struct Foreign {
        #[diesel(sql_type = Text)]
        table: String,
        #[diesel(sql_type = Nullable<BigInt>)]
        rowid: Option<i64>,
    }
    let rows: Vec<Integrity> = diesel::sql_query("PRAGMA integrity_check(20)").load(conn)?;
    let bad = rows.into_iter().map(|row| row.integrity_check).filter(|text| text != "ok");
    problems.extend(bad.map(|text| Problem { text: format!("the file is damaged: {text}"), damage: true }));
    let rows: Vec<Foreign> = diesel::sql_query("PRAGMA foreign_key_check").load(conn)?;
    problems.extend(rows.into_iter().take(20).map(|row| Problem {
        text: format!("row {:?} of {} belongs to a row that is missing", row.rowid, row.table),
        damage: true,
    }));
    Ok(())
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, found: T) {
        found.into_iter().for_each(|problem| self.add(problem.text));
    }
}

/// Of one name in a folder there is one at a time, among the folders and among all else.
const SAME_NAME: &str = "SELECT 'dataset ' || l.dataset || ': the name ' || quote(l.name) || ' in folder ' || l.parent \
        || ' leads to two things at ' || l.born AS message \
    FROM links l WHERE EXISTS (SELECT 1 FROM links n WHERE n.dataset = l.dataset AND n.parent = l.parent \
        AND n.file = 0 AND n.name = l.name AND n.born <= l.born AND (n.died IS NULL OR n.died > l.born) \
        AND (n.file, n.born) <> (l.file, l.born)) \
    OR EXISTS (SELECT 1 FROM links n WHERE n.dataset = l.dataset AND n.parent = l.parent \
        AND n.file = 1 AND n.name = l.name AND n.born <= l.born AND (n.died IS NULL OR n.died > l.born) \
        AND (n.file, n.born) <> (l.file, l.born)) LIMIT 100";
const OBJECT_NOTES: &str = "SELECT 'dataset ' || dataset || ': no note tells that object ' || inode || ' ended at ' \
        || died AS message FROM objects o WHERE died IS NOT NULL AND NOT EXISTS (SELECT 1 FROM touched t \
        WHERE t.dataset = o.dataset AND t.txg = o.died AND t.inode = o.inode) LIMIT 100";
const LINK_NOTES: &str = "SELECT 'dataset ' || dataset || ': no note tells that a name of object ' || inode \
        || ' ended at ' || died AS message FROM links l WHERE died IS NOT NULL AND NOT EXISTS (SELECT 1 \
        FROM touched t WHERE t.dataset = l.dataset AND t.txg = l.died AND t.inode = l.inode) LIMIT 100";
const NO_DATASET: &str = "SELECT 'there are files of dataset ' || dataset || ', which is not known' AS message \
    FROM (SELECT dataset FROM objects UNION SELECT dataset FROM links) \
    WHERE dataset NOT IN (SELECT id FROM datasets) LIMIT 100";

/// One dataset's rows, looked at in the order of their inodes.
struct Check<'a> {
    dataset: i64,
    name: String,
    position: Option<i64>,
    states: Vec<i64>,
    parents: HashMap<i64, Vec<ObjectRow>>,
    problems: &'a mut Problems,
}

/// States from one place up to another.
type Places = std::ops::Range<usize>;

impl Check<'_> {
    fn run(&mut self, conn: &mut SqliteConnection) -> Result<()> {
        let mut from = i64::MIN;
        while !self.problems.full() {
            let Some(last) = self.last_of_chunk(conn, from)? else { break };
            self.parents.clear();
            let mut all: BTreeMap<i64, (Vec<ObjectRow>, Vec<LinkRow>)> = BTreeMap::new();
            let rows = objects::table
                .filter(objects::dataset.eq(self.dataset))
                .filter(objects::inode.between(from, last));
            for row in
                rows.order((objects::inode, objects::born)).select(ObjectRow::as_select()).load(conn)?
            {
                all.entry(row.inode).or_default().0.push(row);
            }
            let rows =
                links::table.filter(links::dataset.eq(self.dataset)).filter(links::inode.between(from, last));
            for row in rows.select(LinkRow::as_select()).load::<LinkRow>(conn)? {
                all.entry(row.inode).or_default().1.push(row);
            }
            for (inode, (objects, links)) in all {
                self.object(conn, inode, &self.known(objects), &links)?;
            }
            let Some(next) = last.checked_add(1) else { break };
            from = next;
        }
        Ok(())
    }

    /// The inode up to which the next rows are few enough to be looked at together.
    fn last_of_chunk(&self, conn: &mut SqliteConnection, from: i64) -> Result<Option<i64>> {
        let objects = objects::table
            .filter(objects::dataset.eq(self.dataset))
            .filter(objects::inode.ge(from))
            .select(objects::inode)
            .order(objects::inode);
        let links = links::table
            .filter(links::dataset.eq(self.dataset))
            .filter(links::inode.ge(from))
            .select(links::inode)
            .order(links::inode);
        let objects_end: Option<i64> = objects.offset(ROWS).first(conn).optional()?;
        let links_end: Option<i64> = links.offset(ROWS).first(conn).optional()?;
        if let Some(end) = [objects_end, links_end].into_iter().flatten().min() {
            return Ok(Some(end));
        }
        let any: Option<i64> = objects.first(conn).optional()?;
        let any = if any.is_some() { any } else { links.first(conn).optional()? };
        Ok(any.map(|_| i64::MAX))
    }

    /// What of it is complete; the rest is of a state that was interrupted.
    fn known(&self, rows: Vec<ObjectRow>) -> Vec<ObjectRow> {
        rows.into_iter().filter(|row| self.complete(row.born)).collect()
    }

    fn complete(&self, txg: i64) -> bool {
        self.position.is_some_and(|position| txg <= position)
    }

    fn places(&self, born: i64, died: Option<i64>) -> Places {
        let place = |txg: i64| self.states.partition_point(|&state| state < txg);
        place(born)..died.map_or(self.states.len(), place)
    }

    fn problem(&mut self, text: &str) {
        self.problems.add(format!("{}: {text}", self.name));
    }

    fn object(
        &mut self,
        conn: &mut SqliteConnection,
        inode: i64,
        objects: &[ObjectRow],
        links: &[LinkRow],
    ) -> Result<()> {
        let mut named = vec![false; self.states.len()];
        let mut before = None;
        for row in objects {
            self.life("object", inode, row.born, row.died);
            if before.is_some_and(|before: Option<i64>| before.is_none_or(|died| died > row.born)) {
                self.problem(&format!("object {inode} has two versions at {}", row.born));
            }
            before = Some(row.died);
        }
        for link in links {
            if !self.complete(link.born) {
                continue;
            }
            self.life("a name of object", inode, link.born, link.died);
            let parents = self.parent(conn, link.parent)?;
            for place in self.places(link.born, link.died) {
                let state = self.states[place];
                named[place] = true;
                match at(objects, state) {
                    None => self
                        .problem(&format!("a name leads to object {inode}, which is not there at {state}")),
                    Some(object) if file_flag(object.kind) != link.file => {
                        self.problem(&format!("a name of object {inode} is out of its place at {state}"));
                    }
                    Some(_) => {}
                }
                if at(&parents, state).is_none_or(|parent| parent.kind != DIRECTORY) {
                    let parent = link.parent;
                    self.problem(&format!("object {inode} is in {parent}, which is no folder at {state}"));
                }
            }
        }
        let is_root = inode == nasman_core::ROOT_INODE.cast_signed();
        for row in objects.iter().filter(|_| !is_root) {
            if let Some(place) = self.places(row.born, row.died).find(|&place| !named[place]) {
                let state = self.states[place];
                self.problem(&format!("object {inode} has no name at {state}"));
            }
        }
        Ok(())
    }

    fn life(&mut self, what: &str, inode: i64, born: i64, died: Option<i64>) {
        if died.is_some_and(|died| died <= born) {
            self.problem(&format!("{what} {inode} ended at {died:?} before it began at {born}"));
        } else if self.places(born, died).is_empty() {
            self.problem(&format!("{what} {inode} of {born} to {died:?} is shown by no state"));
        }
    }

    fn parent(&mut self, conn: &mut SqliteConnection, inode: i64) -> Result<Vec<ObjectRow>> {
        if let Some(rows) = self.parents.get(&inode) {
            return Ok(rows.clone());
        }
        let rows = objects::table
            .filter(objects::dataset.eq(self.dataset))
            .filter(objects::inode.eq(inode))
            .order(objects::born)
            .select(ObjectRow::as_select())
            .load(conn)?;
        let rows = self.known(rows);
        self.parents.insert(inode, rows.clone());
        Ok(rows)
    }
}

/// The version that a state shows.
fn at(rows: &[ObjectRow], state: i64) -> Option<&ObjectRow> {
    let after = rows.partition_point(|row| row.born <= state);
    rows.get(after.checked_sub(1)?).filter(|row| row.died.is_none_or(|died| state < died))
}
