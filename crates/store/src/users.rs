//! Rows of people who sign in, their roles, recovery codes and tokens. No decision is made here.

use billing::access::{Role, UserState};
use billing::id::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{col_texts, record, statements};

col_texts!(
    Role: |role| role.key(), |text| text.parse().ok();
    UserState: |state| state.key(), |text| UserState::parse(text);
);

record! {
    /// A person who signs in.
    pub struct UserRow in "app_user" {
        /// Its id.
        pub id: UserId,
        /// The name typed at log-in; unique in the practice.
        pub login: String,
        /// The name that others read.
        pub display_name: String,
        /// Argon2id as a PHC string; until the person chose a password, words that nothing matches.
        pub password_hash: String,
        /// The device's shared secret; none before enrolment.
        pub totp_secret: Option<Vec<u8>>,
        /// The last 30-second step whose code was used.
        pub totp_last_step: i64,
        /// Waiting, active or disabled.
        pub state: UserState,
        /// When it was made.
        pub created_at: Timestamp,
        /// By whom.
        pub created_by: UserId,
        /// The second person who approved it.
        pub approved_by: Option<UserId>,
        /// When it was disabled.
        pub disabled_at: Option<Timestamp>,
    }

    /// A role a person holds.
    pub struct UserRoleRow in "user_role" {
        /// Who.
        pub user_id: UserId,
        /// Which role.
        pub role: Role,
        /// Since when.
        pub given_at: Timestamp,
        /// By whom.
        pub given_by: UserId,
    }

    /// The hash of a single-use recovery code.
    pub struct RecoveryCodeRow in "recovery_code" {
        /// Whose.
        pub user_id: UserId,
        /// SHA-256 of the code.
        pub code_sha256: Vec<u8>,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }

    /// A token for the command line and the API.
    pub struct ApiTokenRow in "api_token" {
        /// Its id.
        pub id: Uuid,
        /// SHA-256 of the token.
        pub token_sha256: Vec<u8>,
        /// Whose.
        pub user_id: UserId,
        /// What it is for, in the person's words.
        pub label: String,
        /// Since when.
        pub created_at: Timestamp,
        /// Until when.
        pub expires_at: Timestamp,
        /// When it was ended before its time.
        pub ended_at: Option<Timestamp>,
    }

    /// A code with which a person sets a password of their own: after a reset, or at the start.
    pub struct LoginResetRow in "login_reset" {
        /// Whose log-in.
        pub user_id: UserId,
        /// When it was asked for.
        pub asked_at: Timestamp,
        /// By whom.
        pub asked_by: UserId,
        /// SHA-256 of the half of the code that who asked was shown.
        pub first_sha256: Vec<u8>,
        /// When it was approved.
        pub approved_at: Option<Timestamp>,
        /// The second person.
        pub approved_by: Option<UserId>,
        /// SHA-256 of the half that who approved was shown.
        pub second_sha256: Option<Vec<u8>>,
        /// Until when it may be approved or redeemed.
        pub expires_at: Timestamp,
    }

    /// A log-in of a demonstration database.
    pub struct DemoLoginRow in "demo_login" {
        /// Whose.
        pub user_id: UserId,
        /// The password in plain text: an invented person's.
        pub password: String,
        /// The order on the log-in page.
        pub ordinal: i64,
    }
}

statements! {
    /// A person by log-in name.
    pub const USER_BY_LOGIN: UserRow = "SELECT id, login, display_name, password_hash, totp_secret, totp_last_step, state, created_at, created_by, approved_by, disabled_at FROM app_user WHERE practice_id = $1 AND login = $2";
    /// A person by id.
    pub const USER_BY_ID: UserRow = "SELECT id, login, display_name, password_hash, totp_secret, totp_last_step, state, created_at, created_by, approved_by, disabled_at FROM app_user WHERE practice_id = $1 AND id = $2";
    /// All people of the practice.
    pub const USERS: UserRow = "SELECT id, login, display_name, password_hash, totp_secret, totp_last_step, state, created_at, created_by, approved_by, disabled_at FROM app_user WHERE practice_id = $1 ORDER BY login";
    /// The roles of one person.
    pub const ROLES_OF_USER: UserRoleRow = "SELECT user_id, role, given_at, given_by FROM user_role WHERE practice_id = $1 AND user_id = $2 ORDER BY role";
    /// The roles of everybody.
    pub const ROLES: UserRoleRow = "SELECT user_id, role, given_at, given_by FROM user_role WHERE practice_id = $1 ORDER BY user_id, role";
    /// Takes all roles from a person, before the new ones are given.
    pub const TAKE_ROLES: () = "DELETE FROM user_role WHERE practice_id = $1 AND user_id = $2";
    /// A new password.
    pub const CHANGE_PASSWORD: () = "UPDATE app_user SET password_hash = $3 WHERE practice_id = $1 AND id = $2";
    /// Enrols a device.
    pub const ENROL_DEVICE: () = "UPDATE app_user SET totp_secret = $3, totp_last_step = $4 WHERE practice_id = $1 AND id = $2";
    /// Forgets the device, so that the person enrols a new one.
    pub const FORGET_DEVICE: () = "UPDATE app_user SET totp_secret = NULL, totp_last_step = 0 WHERE practice_id = $1 AND id = $2";
    /// Marks a code's step as used, once: a second use changes no row.
    pub const USE_STEP: () = "UPDATE app_user SET totp_last_step = $3 WHERE practice_id = $1 AND id = $2 AND totp_last_step < $3";
    /// Changes where a person stands.
    pub const CHANGE_STATE: () = "UPDATE app_user SET state = $3, approved_by = $4, disabled_at = $5 WHERE practice_id = $1 AND id = $2";
    /// Uses a recovery code, once.
    pub const USE_RECOVERY_CODE: () = "UPDATE recovery_code SET used_at = $4 WHERE practice_id = $1 AND user_id = $2 AND code_sha256 = $3 AND used_at IS NULL";
    /// Forgets the recovery codes, before new ones are given.
    pub const FORGET_RECOVERY_CODES: () = "DELETE FROM recovery_code WHERE practice_id = $1 AND user_id = $2";
    /// How many recovery codes are left.
    pub const RECOVERY_CODES_LEFT: (i64,) = "SELECT COUNT(*) FROM recovery_code WHERE practice_id = $1 AND user_id = $2 AND used_at IS NULL";
    /// The reset of one person's log-in, if one was asked for.
    pub const RESET_OF_USER: LoginResetRow = "SELECT user_id, asked_at, asked_by, first_sha256, approved_at, approved_by, second_sha256, expires_at FROM login_reset WHERE practice_id = $1 AND user_id = $2";
    /// Every reset that was asked for and not redeemed.
    pub const RESETS: LoginResetRow = "SELECT user_id, asked_at, asked_by, first_sha256, approved_at, approved_by, second_sha256, expires_at FROM login_reset WHERE practice_id = $1 ORDER BY asked_at";
    /// Approves a reset, once.
    pub const APPROVE_RESET: () = "UPDATE login_reset SET approved_at = $3, approved_by = $4, second_sha256 = $5, expires_at = $6 WHERE practice_id = $1 AND user_id = $2 AND approved_at IS NULL";
    /// Forgets a reset that was redeemed or is asked for anew.
    pub const FORGET_RESET: () = "DELETE FROM login_reset WHERE practice_id = $1 AND user_id = $2";
    /// A token that lives.
    pub const TOKEN_BY_HASH: ApiTokenRow = "SELECT id, token_sha256, user_id, label, created_at, expires_at, ended_at FROM api_token WHERE practice_id = $1 AND token_sha256 = $2 AND ended_at IS NULL AND expires_at > $3";
    /// Ends every token of a person.
    pub const END_TOKENS: () = "UPDATE api_token SET ended_at = $3 WHERE practice_id = $1 AND user_id = $2 AND ended_at IS NULL";
    /// Takes a log-in off the page of a demonstration: its password is the person's own from now on.
    pub const FORGET_DEMO_LOGIN: () = "DELETE FROM demo_login WHERE practice_id = $1 AND user_id = $2";
    /// The log-ins of a demonstration database.
    pub const DEMO_LOGINS: DemoLoginRow = "SELECT user_id, password, ordinal FROM demo_login WHERE practice_id = $1 ORDER BY ordinal";
}
