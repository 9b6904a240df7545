"""The life of an invoice, of a credit note, and of a line of a bank statement."""

from marketplace.kit.states import Life, Move

INVOICE = Life(
    "invoice",
    [
        Move("issue", ("held",), "issued", "Issue"),
        Move("send", ("issued",), "sent", "Send"),
        Move("pay in part", ("issued", "sent", "part-paid"), "part-paid", "Record a part payment"),
        Move("pay", ("issued", "sent", "part-paid"), "paid", "Record a payment"),
        Move("credit", ("issued", "sent"), "credited", "Set a credit note against all of it"),
    ],
)
"""Credited: credit notes took all of it. Paid: payments took what credit notes left."""

CREDIT_NOTE = Life(
    "credit note",
    [
        Move("issue", ("held",), "issued", "Issue"),
        Move("send", ("issued",), "sent", "Send"),
        Move("use up", ("issued", "sent"), "used", "Set it against invoices, or pay it back"),
    ],
)

BANK_LINE = Life(
    "bank line",
    [
        Move("match", ("unmatched",), "matched", "Match with an invoice"),
        Move("set aside", ("unmatched",), "set-aside", "Set aside as not for an invoice"),
        Move("take up", ("set-aside",), "unmatched", "Take up again"),
    ],
)

STATES = {
    "held": "Held, not sent",
    "issued": "Issued, being sent",
    "sent": "Sent",
    "part-paid": "Paid in part",
    "paid": "Paid",
    "credited": "Credited",
    "used": "Set off",
}
"""Each state as pages say it."""
