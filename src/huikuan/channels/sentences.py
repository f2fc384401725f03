"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "channel.unknown": Entry(
        _("there is no such channel in your house"), _("look at the list of channels again")
    ),
    "channel.right": Entry(
        _("your role does not set up channels"), _("ask whoever sets up the house")
    ),
    "channel.code_taken": Entry(
        _("another channel of the house is called {code}"), _("choose another name")
    ),
    "channel.mapping": Entry(
        _("this mapping belongs to {owner}"), _("choose the creditor's own mapping")
    ),
    "channel.same": Entry(_("nothing was changed"), "", "warning"),
    "channel.path": Entry(
        _("{path} leads out of the folder of channels"),
        _("name a folder below it, without .. and without / in front"),
    ),
    "channel.host": Entry(_("a server is needed"), _("write its name, such as sftp.example.com")),
    "channel.user": Entry(_("a user is needed"), _("write the user of the account")),
    "channel.secret": Entry(
        _("a password or a private key is needed"), _("give the one that the client gave you")
    ),
    "channel.host_key_missing": Entry(
        _("the key of the server is needed"),
        _("huikuan channel key HOST shows it; compare it with what the client tells you"),
    ),
    "channel.host_key_form": Entry(
        _("this is no key of a server"), _("it looks like: ssh-ed25519 AAAA…")
    ),
    "channel.sender": Entry(
        _("the sender of the mails is needed"),
        _("write the address from which the client sends its files"),
    ),
    "channel.ended": Entry(_("this channel was ended; nothing was changed"), "", "warning"),
    "channel.no_folder": Entry(
        _("the folder {detail} is not there"), _("make it, or mount what it stands for")
    ),
    "channel.no_permission": Entry(
        _("the program may not read it"), _("give the program's user the right to read")
    ),
    "channel.host_key": Entry(
        _("the server shows another key than the one that is pinned"),
        _("do not go on before the client has confirmed the new key; then enter it at the channel"),
    ),
    "channel.no_host_key": Entry(_("the server shows no key"), _("ask the client")),
    "channel.refused": Entry(
        _("the server refuses this user"),
        _("ask the client whether the password was changed, and enter it at the channel"),
    ),
    "channel.silent": Entry(
        _("the server does not answer"),
        _("ask the client whether it is up; it is tried again every minute"),
    ),
    "channel.refuses_connections": Entry(
        _("the server takes no connection"),
        _("ask the client whether it is up and lets this house in; it is tried again every minute"),
    ),
    "channel.no_such_server": Entry(
        _("no server of this name is found"), _("compare the name with what the client gave you")
    ),
    "channel.unreachable": Entry(
        _("it cannot be looked at: {detail}"), _("it is tried again every minute")
    ),
    "channel.numbered_anew": Entry(
        _("the mailbox has numbered its mails anew"), _("the file is listed again within a minute")
    ),
    "channel.gone": Entry(
        _("the file is no longer there"), _("ask the client to put it there again")
    ),
    "channel.file_failed": Entry(
        _("the program failed at these files: {detail}"),
        _("they are tried again every minute; the log of the worker has the fault"),
    ),
    "channel.overlap": Entry(
        _("the channel {code} watches this folder, one in it, or one around it"),
        _("give each channel a folder of its own"),
    ),
    "channel.failed": Entry(
        _("this look failed inside the program"),
        _("it is tried again every minute; the log of the worker has the fault"),
    ),
    "file.unknown": Entry(
        _("there is no such file in your house's channels"), _("look at the list again")
    ),
    "file.right": Entry(_("your role does not take in placements"), _("ask whoever may")),
    "file.fetched": Entry(_("this file was fetched before; nothing was changed"), "", "warning"),
    "file.under_way": Entry(
        _("this file is still coming in"), _("wait until it is there as a whole")
    ),
    "file.not_there": Entry(_("this file is not there to be fetched"), _("look at the list again")),
    "file.changed": Entry(
        _("the file changed while it was copied"), _("fetch it again once it is whole")
    ),
    "file.changed_after": Entry(
        _("the file was changed after the watch of its channel ended"),
        _("upload it for its batch, or refuse the batch"),
    ),
    "file.empty": Entry(_("the file is empty"), _("ask the client for it again")),
    "file.large": Entry(
        _("the file has more than {most} GB"), _("ask the client to send it in parts")
    ),
    "file.name": Entry(
        _("a file of this name cannot be taken"), _("ask the client to name it otherwise")
    ),
    "file.refused": Entry(
        _("batch {number} was refused: {reason}"),
        _("a file that the client sends again is another batch"),
    ),
    "file.batch_refused": Entry(
        _("the batch of this file was refused"),
        _("ask the client to send the file again, or upload it"),
    ),
    "file.mail": Entry(
        _("a mail of this sender cannot be read"), _("ask the client to send it again")
    ),
    "file.not_vouched": Entry(
        _("the mail server does not vouch for the sender of this mail"),
        _("ask the client by telephone whether the mail is theirs; then upload the file"),
    ),
    "file.not_a_file": Entry(
        _("a link or something else lies where the file was"),
        _("ask the client to put the file itself there"),
    ),
    "file.done_old": Entry(
        _("the .done file is older than the file"),
        _("it counts once the client writes the .done file anew"),
    ),
    "file.no_space": Entry(
        _("no space is left on the disk"), _("make room; the file waits in its channel")
    ),
    "file.not_kept": Entry(
        _("the file could not be kept: {detail}"), _("the file waits in its channel")
    ),
    "file.known": Entry(
        _("the same file came before, as batch {number}"), _("nothing of it is taken in again")
    ),
    "file.mapping": Entry(
        _("the mapping {name} is not there or has mistakes"),
        _("huikuan check names them; fetch the file afterwards"),
    ),
}

problem = speaker(CATALOGUE)
