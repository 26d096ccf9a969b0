//! Single values that the server makes for itself, such as the key that signs sessions.

use diesel::prelude::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};

use crate::{Catalog, Result, schema::settings};

impl Catalog {
    /// The value under `key`; when there is none yet, the one that `make` gives is stored and answered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn setting_or(&self, key: &str, make: impl FnOnce() -> String) -> Result<String> {
        self.write(|conn| {
            let found = settings::table.find(key).select(settings::value).first::<String>(conn).optional()?;
            if let Some(value) = found {
                return Ok(value);
            }
            let value = make();
            diesel::insert_into(settings::table)
                .values((settings::key.eq(key), settings::value.eq(&value)))
                .execute(conn)?;
            Ok(value)
        })
    }

    /// Puts a value under `key`, whatever there was.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        diesel::replace_into(settings::table)
            .values((settings::key.eq(key), settings::value.eq(value)))
            .execute(&mut self.conn()?)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        assert_eq!(catalog.setting_or("k", || "one".into()).unwrap(), "one");
        assert_eq!(catalog.setting_or("k", || "two".into()).unwrap(), "one");
        catalog.set_setting("k", "three").unwrap();
        assert_eq!(catalog.setting_or("k", || "two".into()).unwrap(), "three");
    }
}
