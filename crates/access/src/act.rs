//! Everything that can be asked of the system, in the words of practice.

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident = $name:literal on $kind:literal $look:literal),* $(,)?) => {
        /// What somebody asks to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act { $($(#[$doc])* $variant),* }

        impl Act {
            /// Every act, in the order of this page.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the word of the policies and the journal.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Returns the kind of thing it is asked of.
            pub fn of_kind(self) -> &'static str {
                match self { $(Self::$variant => $kind),* }
            }

            /// Returns whether it only looks.
            pub fn is_look(self) -> bool {
                match self { $(Self::$variant => $look == "look"),* }
            }
        }
    };
}

acts! {
    /// See who somebody is in a search.
    FindPerson = "find_person" on "Person" "look",
    /// Open the page of a person and their family.
    OpenPerson = "open_person" on "Person" "look",
    /// Give a reason for looking at somebody one has no work with.
    AskToOpen = "ask_to_open" on "Person" "change",
    /// Record a contact about somebody.
    RecordContact = "record_contact" on "Person" "change",
    /// Record something known about somebody.
    RecordFact = "record_fact" on "Person" "change",
    /// Ask a service to support somebody.
    AskForSupport = "ask_for_support" on "Person" "change",
    /// Shield where somebody is, at once, until a safeguarding lead has decided.
    AskForShield = "ask_for_shield" on "Person" "change",
    /// Shield somebody, or end a shield.
    ShieldPerson = "shield_person" on "Person" "change",
    /// Say that two people are one, or that they are not.
    LinkPeople = "link_people" on "Person" "change",
    /// Ask somebody which way to reach them is safe, and keep what they say.
    AskHowToReach = "ask_how_to_reach" on "Person" "change",
    /// Record what somebody agreed to, or refused.
    RecordAgreement = "record_agreement" on "Person" "change",
    /// Write in the plan of somebody's family.
    WritePlan = "write_plan" on "Person" "change",
    /// Plan a visit to somebody and their family, or record one.
    RecordVisit = "record_visit" on "Person" "change",
    /// Decide whether to share what is known of somebody.
    DecideToShare = "decide_to_share" on "Person" "change",
    /// Keep what was shared because somebody was in danger.
    ShareInDanger = "share_in_danger" on "Person" "change",
    /// Ask another agency what it knows of somebody.
    AskForInformation = "ask_for_information" on "Person" "change",
    /// See in the index that somebody is there, and who cares for them.
    ReadIndex = "read_index" on "Person" "look",
    /// See in the index who works with somebody.
    ReadInvolvement = "read_involvement" on "Person" "look",
    /// See somebody's pages as they were known at a moment.
    SeeAsKnown = "see_as_known" on "Person" "look",
    /// Be told, as another organisation's system, that somebody here works with them.
    AnswerExistence = "answer_existence" on "Person" "look",
    /// Be told, as another organisation's system, who works with them.
    AnswerContent = "answer_content" on "Person" "look",
    /// See what of somebody is visible to whom, and why; not what it says.
    SeeVisibility = "see_visibility" on "Person" "look",
    /// See who has looked at somebody.
    ReadLooks = "read_looks" on "Person" "look",
    /// Decide whose looks a family is not told of.
    WithholdLooks = "withhold_looks" on "Person" "change",
    /// Pass a message on to services that the index does not name.
    MessageServices = "message_services" on "Person" "change",
    /// Read one fact.
    ReadFact = "read_fact" on "Fact" "look",
    /// Read what tells somebody apart, to say whether two records are of one person.
    ReadToMatch = "read_to_match" on "Fact" "look",
    /// Correct one fact: a new one supersedes it.
    CorrectFact = "correct_fact" on "Fact" "change",
    /// Read a contact.
    ReadContact = "read_contact" on "Contact" "look",
    /// Bring a contact to its outcome.
    DecideContact = "decide_contact" on "Contact" "change",
    /// Read a referral.
    ReadReferral = "read_referral" on "Referral" "look",
    /// Accept, decline, start or end a referral.
    DecideReferral = "decide_referral" on "Referral" "change",
    /// Take back a referral one has sent.
    WithdrawReferral = "withdraw_referral" on "Referral" "change",
    /// Say that one has told whom a referral is for.
    TellFamily = "tell_family" on "Referral" "change",
    /// Read what somebody agreed to.
    ReadAgreement = "read_agreement" on "Agreement" "look",
    /// Record that somebody takes their agreement back.
    WithdrawAgreement = "withdraw_agreement" on "Agreement" "change",
    /// Read the record of a decision to share.
    ReadShareDecision = "read_share_decision" on "ShareDecision" "look",
    /// Read what was shared with one's agency.
    ReadShared = "read_shared" on "ShareDecision" "look",
    /// Give advice on a decision to share.
    AdviseOnShare = "advise_on_share" on "ShareDecision" "change",
    /// End what a decision to share opened.
    EndShare = "end_share" on "ShareDecision" "change",
    /// Read another agency's request for information.
    ReadShareRequest = "read_share_request" on "ShareRequest" "look",
    /// Answer another agency's request for information.
    AnswerShareRequest = "answer_share_request" on "ShareRequest" "change",
    /// Take back a request for information one has made.
    WithdrawShareRequest = "withdraw_share_request" on "ShareRequest" "change",
    /// Read a message that was passed on to a service that is not named.
    ReadMessage = "read_message" on "Message" "look",
    /// Answer such a message, for the service.
    AnswerMessage = "answer_message" on "Message" "change",
    /// Read one part of a family's plan.
    ReadPlanEntry = "read_plan_entry" on "PlanEntry" "look",
    /// Say what became of a part of a family's plan, or hand it to somebody else.
    ChangePlanEntry = "change_plan_entry" on "PlanEntry" "change",
    /// Offer the lead for a family to somebody, or take the offer back.
    OfferHandover = "offer_handover" on "Handover" "change",
    /// See that the lead for a family is offered to somebody.
    ReadHandover = "read_handover" on "Handover" "look",
    /// Accept or decline the lead for a family.
    AnswerHandover = "answer_handover" on "Handover" "change",
    /// Ask to end support for a family, or take it back.
    AskToClose = "ask_to_close" on "Closing" "change",
    /// Agree that support for a family ends, or say why it goes on.
    AnswerClosing = "answer_closing" on "Closing" "change",
    /// Read what is planned, or came of, a visit.
    ReadVisit = "read_visit" on "Visit" "look",
    /// Say what came of a visit, or give it another day or somebody else.
    ChangeVisit = "change_visit" on "Visit" "change",
    /// Look at a change of circumstance that is proposed to one.
    ReadSignal = "read_signal" on "Signal" "look",
    /// Say what comes of such a change.
    DecideSignal = "decide_signal" on "Signal" "change",
    /// See one's own account and how to get in.
    SeeAccount = "see_account" on "Area" "look",
    /// Say what one can do, so that colleagues find one by it.
    KeepSkills = "keep_skills" on "Area" "change",
    /// See and record the training of whoever one manages.
    RecordTraining = "record_training" on "Area" "change",
    /// Say when one is away, or somebody of one's team, and who covers.
    SayAway = "say_away" on "Area" "change",
    /// Say what places a service of one's agency has.
    SayCapacity = "say_capacity" on "Service" "change",
    /// See how directories of others were read, and read them again.
    KeepDirectory = "keep_directory" on "Area" "change",
    /// See one's own work.
    SeeHome = "see_home" on "Area" "look",
    /// Look somebody up.
    Search = "search" on "Area" "look",
    /// Look somebody up to answer for how information is used, or for a review: not to work with them.
    SearchToAnswer = "search_to_answer" on "Area" "look",
    /// Ask the index who works with somebody.
    SearchIndex = "search_index" on "Area" "look",
    /// See looks that somebody should answer for.
    SeeAlerts = "see_alerts" on "Area" "look",
    /// Create somebody who is not there.
    CreatePerson = "create_person" on "Area" "change",
    /// Load, stop or mend an agency's extract.
    LoadFeed = "load_feed" on "Area" "change",
    /// See how extracts were loaded.
    ReadFeed = "read_feed" on "Area" "look",
    /// See who may be one person, and waits for somebody to say.
    ReviewMatches = "review_matches" on "Area" "look",
    /// Invite practitioners, change their roles, record their clearance and training.
    ManagePractitioners = "manage_practitioners" on "Area" "change",
    /// Try a change of the rules, before it is in force.
    TryRules = "try_rules" on "Area" "look",
    /// Read the journal.
    ReadJournal = "read_journal" on "Area" "look",
    /// See jobs that gave up, and try them again.
    SeeJobs = "see_jobs" on "Area" "change",
    /// See that everything has an owner and a next date.
    SeeEverybodyOwned = "see_everybody_owned" on "Area" "look",
    /// See figures without people.
    SeeFigures = "see_figures" on "Area" "look",
}
