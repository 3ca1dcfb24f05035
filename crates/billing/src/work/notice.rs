//! What a person at the desk is told without looking: one variant a kind of news. A notice never says about whom.

/// What happened to an item that concerns a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Somebody gave the person the item.
    Assigned,
    /// An item that the person escalated came back.
    Returned,
    /// Somebody asks the person about an item.
    ConsultAsked,
    /// A question that the person asked was answered.
    ConsultAnswered,
    /// The day that law or contract sets for an item of the person is near.
    DeadlineNear,
    /// A complaint came in, for who oversees the work.
    Complaint,
    /// The last day of a clock is here and nobody decided, for who leads.
    ClockHere,
    /// The person's work on an item was reviewed.
    Reviewed,
    /// Who was reviewed says something to it.
    ReviewAnswered,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [NoticeKind; 9] = [
        NoticeKind::Assigned,
        NoticeKind::Returned,
        NoticeKind::ConsultAsked,
        NoticeKind::ConsultAnswered,
        NoticeKind::DeadlineNear,
        NoticeKind::Complaint,
        NoticeKind::ClockHere,
        NoticeKind::Reviewed,
        NoticeKind::ReviewAnswered,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Assigned => "assigned",
            NoticeKind::Returned => "returned",
            NoticeKind::ConsultAsked => "consult_asked",
            NoticeKind::ConsultAnswered => "consult_answered",
            NoticeKind::DeadlineNear => "deadline_near",
            NoticeKind::Complaint => "complaint",
            NoticeKind::ClockHere => "clock_here",
            NoticeKind::Reviewed => "reviewed",
            NoticeKind::ReviewAnswered => "review_answered",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What the person reads before the reason of the item.
    pub fn words(self) -> &'static str {
        match self {
            NoticeKind::Assigned => "Given to you",
            NoticeKind::Returned => "Came back to your desk",
            NoticeKind::ConsultAsked => "A colleague asks you",
            NoticeKind::ConsultAnswered => "Your question was answered",
            NoticeKind::DeadlineNear => "Its day is near",
            NoticeKind::Complaint => "A complaint came in",
            NoticeKind::ClockHere => "A last day is here, undecided",
            NoticeKind::Reviewed => "Your work was reviewed, see My quality",
            NoticeKind::ReviewAnswered => "A review was answered, see Quality",
        }
    }
}
