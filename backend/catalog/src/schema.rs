//! The tables, as the migrations make them.

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        password_hash -> Text,
        role -> Text,
        disabled -> Bool,
        created_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
        restricted -> Bool,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        hash -> Text,
        role -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        title -> Text,
        user_id -> BigInt,
        user_name -> Text,
        state -> Text,
        request -> Text,
        marks -> Text,
        progress -> Nullable<Text>,
        result -> Nullable<Text>,
        error -> Nullable<Text>,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    job_log (id) {
        id -> BigInt,
        job_id -> Text,
        at -> BigInt,
        level -> Text,
        text -> Text,
    }
}

diesel::table! {
    datasets (id) {
        id -> BigInt,
        guid -> BigInt,
        name -> Text,
        position -> Nullable<BigInt>,
        applying -> Nullable<BigInt>,
        applying_base -> Nullable<BigInt>,
        position_at -> Nullable<BigInt>,
        first_seen -> BigInt,
        last_seen -> BigInt,
        live_interval -> Nullable<BigInt>,
        excluded -> Bool,
        seen -> Nullable<Text>,
    }
}

diesel::table! {
    snapshots (dataset, guid) {
        dataset -> BigInt,
        guid -> BigInt,
        tag -> Text,
        txg -> BigInt,
        created_at -> BigInt,
        indexed -> Bool,
        failed -> Nullable<Text>,
    }
}

diesel::table! {
    runs (id) {
        id -> BigInt,
        dataset -> BigInt,
        at -> BigInt,
        snapshot -> Nullable<Text>,
        means -> Text,
        passed -> Text,
        objects -> BigInt,
        directories -> BigInt,
        gone -> BigInt,
        took_ms -> BigInt,
        findings_total -> BigInt,
        findings -> Text,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    objects (dataset, inode, born) {
        dataset -> BigInt,
        inode -> BigInt,
        born -> BigInt,
        died -> Nullable<BigInt>,
        generation -> BigInt,
        kind -> BigInt,
        size -> BigInt,
        mtime_s -> BigInt,
        mtime_ns -> BigInt,
        ctime_s -> BigInt,
        ctime_ns -> BigInt,
        uid -> BigInt,
        gid -> BigInt,
        mode -> BigInt,
        nlink -> BigInt,
        target -> Nullable<Binary>,
    }
}

diesel::table! {
    links (dataset, parent, file, name, born) {
        dataset -> BigInt,
        parent -> BigInt,
        file -> BigInt,
        name -> Binary,
        born -> BigInt,
        died -> Nullable<BigInt>,
        inode -> BigInt,
    }
}

diesel::table! {
    touched (dataset, txg, inode) {
        dataset -> BigInt,
        txg -> BigInt,
        inode -> BigInt,
    }
}

diesel::table! {
    search_notes (id) {
        id -> BigInt,
        dataset -> BigInt,
        inode -> Nullable<BigInt>,
        since -> BigInt,
        named -> Bool,
    }
}

diesel::table! {
    searches (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        query -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    grants (user_id, guid) {
        user_id -> BigInt,
        guid -> BigInt,
        dataset -> Text,
        beneath -> Bool,
        browse -> Bool,
        restore_in_place -> Bool,
        restore_elsewhere -> Bool,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> BigInt,
        user_id -> Nullable<BigInt>,
        user_name -> Text,
        token_id -> Nullable<BigInt>,
        action -> Text,
        dataset -> Nullable<Text>,
        path -> Nullable<Text>,
        snapshot -> Nullable<Text>,
        to_dataset -> Nullable<Text>,
        to_path -> Nullable<Text>,
        job -> Nullable<Text>,
        request_id -> Text,
        outcome -> Text,
        detail -> Nullable<Text>,
        words -> Text,
    }
}

diesel::table! {
    restores (id) {
        id -> BigInt,
        job_id -> Text,
        guard -> Nullable<Text>,
        guard_guid -> Nullable<BigInt>,
        undo_job -> Nullable<Text>,
        pending_from -> Nullable<BigInt>,
    }
}

diesel::table! {
    restore_items (id) {
        id -> BigInt,
        restore -> BigInt,
        source -> Binary,
        target -> Binary,
        action -> Text,
        outcome -> BigInt,
        kind -> Nullable<BigInt>,
        inode -> BigInt,
        size -> BigInt,
        mtime_s -> BigInt,
        mtime_ns -> BigInt,
        bytes -> BigInt,
        more -> Nullable<Text>,
        undone -> Nullable<BigInt>,
        undo_error -> Nullable<Text>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(tokens -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions, tokens);
diesel::allow_tables_to_appear_in_same_query!(links, objects);
