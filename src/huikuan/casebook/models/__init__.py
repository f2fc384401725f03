from huikuan.casebook.models.allocations import AllocationLine, AllocationRun, Assignment
from huikuan.casebook.models.approvals import Approval, ApprovalAnswer
from huikuan.casebook.models.calls import PhoneCall
from huikuan.casebook.models.cases import (
    Account,
    Case,
    CaseEvent,
    ContactPoint,
    Item,
    Person,
    PersonKey,
    PointStatus,
)
from huikuan.casebook.models.channels import Channel, ChannelFile
from huikuan.casebook.models.clocks import Breach, BreachExplained, Clock, ClockExtension
from huikuan.casebook.models.complaints import (
    Complaint,
    ComplaintDepartment,
    ComplaintDossier,
    ComplaintEvent,
    ComplaintPoint,
    ComplaintProposal,
    TeamSpell,
)
from huikuan.casebook.models.contacts import (
    Agreement,
    ContactKey,
    ContactNotArrived,
    ContactRecord,
    PaymentClaim,
    Promise,
    Refusal,
    UndoneContact,
)
from huikuan.casebook.models.documents import Document, DocumentPart
from huikuan.casebook.models.facts import (
    CaseSummary,
    ComplaintSummary,
    ItemSummary,
    StatementSummary,
)
from huikuan.casebook.models.filters import CaseFilter, FilterLook
from huikuan.casebook.models.holds import Hold
from huikuan.casebook.models.journal import Act, Notice, Reveal
from huikuan.casebook.models.ledger import (
    Allocation,
    Charge,
    Correction,
    Designation,
    Payment,
    Reversal,
)
from huikuan.casebook.models.look_ups import LookUp, LookUpEvent
from huikuan.casebook.models.notes import CaseNote
from huikuan.casebook.models.outbox import (
    Mailbox,
    MailboxMessage,
    OutboxAttachment,
    OutboxEvent,
    OutboxMessage,
    SignedCall,
    WebhookTarget,
)
from huikuan.casebook.models.packs import PackActivation, PackBinding, PackVersion
from huikuan.casebook.models.payment_files import PaymentFile, PaymentRow
from huikuan.casebook.models.penalties import Penalty
from huikuan.casebook.models.placements import (
    Placement,
    PlacementEvent,
    PlacementHandler,
    PlacementProblem,
    PlacementRow,
)
from huikuan.casebook.models.plans import (
    GateDecision,
    PlanRun,
    Spent,
    Step,
    StepDone,
    Task,
    ToPlan,
)
from huikuan.casebook.models.receivables import (
    DeliveryLock,
    ItemConfirmation,
    Statement,
    StatementEvent,
    StatementLine,
    StatementVoid,
)
from huikuan.casebook.models.tallies import Tally
from huikuan.casebook.models.targets import Target

__all__ = [
    "Account",
    "Act",
    "Agreement",
    "Allocation",
    "AllocationLine",
    "AllocationRun",
    "Approval",
    "ApprovalAnswer",
    "Assignment",
    "Breach",
    "BreachExplained",
    "Case",
    "CaseEvent",
    "CaseFilter",
    "CaseNote",
    "CaseSummary",
    "Channel",
    "ChannelFile",
    "Charge",
    "Clock",
    "ClockExtension",
    "Complaint",
    "ComplaintDepartment",
    "ComplaintDossier",
    "ComplaintEvent",
    "ComplaintPoint",
    "ComplaintProposal",
    "ComplaintSummary",
    "ContactKey",
    "ContactNotArrived",
    "ContactPoint",
    "ContactRecord",
    "Correction",
    "DeliveryLock",
    "Designation",
    "Document",
    "DocumentPart",
    "FilterLook",
    "GateDecision",
    "Hold",
    "Item",
    "ItemConfirmation",
    "ItemSummary",
    "LookUp",
    "LookUpEvent",
    "Mailbox",
    "MailboxMessage",
    "Notice",
    "OutboxAttachment",
    "OutboxEvent",
    "OutboxMessage",
    "PackActivation",
    "PackBinding",
    "PackVersion",
    "Payment",
    "PaymentClaim",
    "PaymentFile",
    "PaymentRow",
    "Penalty",
    "Person",
    "PersonKey",
    "PhoneCall",
    "Placement",
    "PlacementEvent",
    "PlacementHandler",
    "PlacementProblem",
    "PlacementRow",
    "PlanRun",
    "PointStatus",
    "Promise",
    "Refusal",
    "Reveal",
    "Reversal",
    "SignedCall",
    "Spent",
    "Statement",
    "StatementEvent",
    "StatementLine",
    "StatementSummary",
    "StatementVoid",
    "Step",
    "StepDone",
    "Tally",
    "Target",
    "Task",
    "TeamSpell",
    "ToPlan",
    "UndoneContact",
    "WebhookTarget",
]
