"""The servers that these tests send to."""

from tests.orchestration.inboxes import guarded_inbox as guarded_inbox
from tests.orchestration.inboxes import inbox as inbox
from tests.orchestration.inboxes import trusted as trusted
from tests.orchestration.receivers import receiver as receiver
