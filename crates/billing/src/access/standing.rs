//! Where a person's log-in stands, where a session stands, and how long a session lives.

use jiff::{SignedDuration, Timestamp};

/// A session without activity ends after this. Source: the trust model, sessions.
pub const SESSION_IDLE_MINUTES: i64 = 15;
/// No session lives longer than a working day.
pub const SESSION_HOURS: i64 = 12;
/// An API token lives at most this long.
pub const TOKEN_DAYS: i64 = 90;
/// The shortest password that is accepted. Source: the trust model; NIST SP 800-63B asks for 15 without a second factor.
pub const PASSWORD_LENGTH: usize = 15;
/// The longest password that is read: hashing more would only cost time.
pub const PASSWORD_LENGTH_MOST: usize = 128;

/// Where a person's log-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Made by one person, not yet approved by a second.
    Waiting,
    /// May sign in.
    Active,
    /// May not sign in; every session and token has ended.
    Disabled,
}

impl UserState {
    /// The stored word.
    pub fn key(self) -> &'static str {
        match self {
            UserState::Waiting => "waiting",
            UserState::Active => "active",
            UserState::Disabled => "disabled",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<UserState> {
        [UserState::Waiting, UserState::Active, UserState::Disabled].into_iter().find(|state| state.key() == word)
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        match self {
            UserState::Waiting => "Waits for approval",
            UserState::Active => "Active",
            UserState::Disabled => "Disabled",
        }
    }
}

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Only change the password and enrol a device.
    Enrolling,
    /// Everything that the person's roles allow.
    Full,
}

impl Standing {
    /// The stored word.
    pub fn key(self) -> &'static str {
        match self {
            Standing::Enrolling => "enrolling",
            Standing::Full => "full",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Standing> {
        [Standing::Enrolling, Standing::Full].into_iter().find(|standing| standing.key() == word)
    }
}

/// Whether a session begun and last seen at these instants still lives.
pub fn session_lives(begun_at: Timestamp, last_seen_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(last_seen_at) < SignedDuration::from_mins(SESSION_IDLE_MINUTES)
        && now.duration_since(begun_at) < SignedDuration::from_hours(SESSION_HOURS)
}

/// Why a password is not accepted; nothing where it is.
pub fn password_problem(password: &str, login: &str) -> Option<String> {
    let length = password.chars().count();
    if length < PASSWORD_LENGTH {
        return Some(format!(
            "The password has {length} characters; use {PASSWORD_LENGTH} or more, for example four words."
        ));
    }
    if length > PASSWORD_LENGTH_MOST {
        return Some(format!("The password is longer than {PASSWORD_LENGTH_MOST} characters; use a shorter one."));
    }
    let distinct: std::collections::BTreeSet<char> = password.chars().collect();
    if distinct.len() < 5 {
        return Some("The password repeats a few characters; use several words.".into());
    }
    (login.len() > 3 && password.to_lowercase().contains(&login.to_lowercase()))
        .then(|| "The password contains the log-in name; use other words.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_idleness_and_after_a_working_day() {
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(session_lives(at(0), at(0), at(14)));
        assert!(!session_lives(at(0), at(0), at(15)));
        assert!(session_lives(at(0), at(719), at(719)));
        assert!(!session_lives(at(0), at(719), at(720)));
    }

    #[test]
    fn a_password_is_long_and_is_not_the_login() {
        for (password, accepted) in [
            ("short", false),
            ("aaaaaaaaaaaaaaaaaaaa", false),
            ("rosa.idowu is my name", false),
            ("maple harbor quiet lamp", true),
        ] {
            assert_eq!(password_problem(password, "rosa.idowu").is_none(), accepted, "{password}");
        }
    }
}
