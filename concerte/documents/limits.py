"""Every limit of the engine: its name, its unit, its default. What goes beyond one is refused with a reason.

CONCERTE_DOCUMENT_LIMITS changes some: "FRAMES_PER_SECOND=600,PEOPLE_PER_ROOM=2000".
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# --- One frame ------------------------------------------------------------------------------------------------------
FRAME_BYTES = 4 * 1024 * 1024  # one message of the socket; a long pasted text is about 100 kB
FRAME_PARTS = 1_024  # frames that make up one message
AWARENESS_FRAME_BYTES = 1024 * 1024  # stock clients send back what they heard of everyone: 500 people are 200 kB
AWARENESS_STATE_BYTES = 16 * 1024  # what one client says of itself: name, colour, caret
STRUCTS_PER_UPDATE = 500_000  # pieces of text in one update
NESTING_DEPTH = 32  # levels of lists and objects in one value
CLOCK_MAX = 2**32 - 1  # the library counts the pieces of one client with 32 bits

# --- One person -----------------------------------------------------------------------------------------------------
FRAMES_PER_SECOND = 300  # of one person, over all their connections, once the burst is spent
FRAMES_BURST = 1_500
BYTES_PER_SECOND = 2 * 1024 * 1024
BYTES_BURST = 24 * 1024 * 1024  # somebody coming back after a day offline sends it all at once
CONNECTIONS_PER_PERSON = 20  # open at once in one process: tabs and tools
CLIENT_IDS_PER_CONNECTION = 8  # that one connection may announce

# --- One file joined to something -----------------------------------------------------------------------------------
FILE_BYTES = 20_000_000

# --- One document ---------------------------------------------------------------------------------------------------
PEOPLE_PER_ROOM = 1_000
DOCUMENT_BYTES = 64 * 1024 * 1024  # snapshot and log tail together
UNSAVED_BYTES_PER_CONNECTION = 8 * 1024 * 1024  # no more is read from a connection until some of it is saved
QUEUE_BYTES = 256 * 1024  # waiting for one receiver; beyond, it is told nothing until it has taken nearly all of it
CLEAR_BYTES = 16 * 1024  # waiting for one receiver; beyond, it is told who is here later
CATCH_UP_BYTES = 512 * 1024  # missed by a receiver that was behind; beyond, it is sent the whole state instead
INBOX_BYTES = 1024 * 1024  # taken from a socket while one of its frames is being answered; beyond, it is not read
MERGED_UPDATES = 32  # joined at once in one frame: joining costs the square of their number
LARGE_STATE_BYTES = 128 * 1024  # from here on, states are computed off the event loop
PRESENCE_FRAME_BYTES = 64 * 1024  # of presence to one receiver in one tick, or little more; the rest at the next
PRESENCE_ECHOES = 8  # frames of presence remembered, to know the echoes of stock clients by their bytes
PRESENCE_BYTES_PER_SECOND = 64 * 1024 * 1024  # of presence, to all the people of one document
GONE_CLIENTS = 5_000  # remembered after they left, so that an echo does not bring them back

AMENDMENTS_PER_ORGANISATION = 20  # open at once on one document: each holds a copy of it
GIVE_BACK_BYTES = 1024 * 1024  # freed by documents that left memory; beyond, it is given back to the system

# --- The log --------------------------------------------------------------------------------------------------------
BATCH_WRITES = 5_000  # in one transaction
BATCH_BYTES = 16 * 1024 * 1024
LINES_READ = 4_000  # of one document, by one question to the database
UNFILED_LINES = 2_000  # of all documents, not yet in the index of the log; SQLite only
JOINED_LINES = 16  # in one commit, from which on what somebody goes on typing is one line
JOINED_LINE_BYTES = 4_096  # longer updates stay alone
FOLD_ROWS = 8_000  # lines after the last snapshot: folded into one even while people write
FOLD_BYTES = 512 * 1024  # the same, in bytes; for a long document, half its size
FOLD_QUIET_ROWS = 1_000  # the same, once nobody has written for FOLD_QUIET_SECONDS; opening so many costs less
FOLD_QUIET_BYTES = 128 * 1024
CHECKPOINT_PAGES = 4_000  # of 4 kB, at most, that the write-ahead log of SQLite gathers before they are copied
KNOWN_OWNERS = 20_000  # client ids whose person is kept in memory, about 100 bytes each
KNOWN_CLOCKS = 64  # documents whose clocks are kept in memory for the check of authorship

# --- Time, in seconds -----------------------------------------------------------------------------------------------
RECHECK_SECONDS = 1.5  # rights, sessions, tokens and lines written by others; "within two seconds" with the query
RECHECK_PAUSE_SECONDS = 0.05  # before it, when something asks for it at once
AWAY_SECONDS = 0.25  # the same while the message store is away: the log then carries the text between processes
ROOM_IDLE_SECONDS = 60.0  # an empty room leaves memory after it
HEARTBEAT_SECONDS = 15.0  # stock clients leave when they hear nothing for 30
FLUSH_SECONDS = 0.018  # between two commits, the time to write the frames of the first one included
FRAME_SECONDS = 0.000_012  # to write one frame, about
FLUSH_SECONDS_MIN = 0.012  # whatever the frames
NAP_UPDATES = 4  # in one batch: so many come that the next is waited for asleep, rather than woken by each
NAP_SECONDS = 0.004  # at once: so long, all else of the event loop may have to wait
COPY_IDLE_SECONDS = 5.0  # a document nobody asks for leaves memory after it, even while people are in its room
PING_SECONDS = 20.0  # a silent client is asked for a sign of life
SILENT_SECONDS = 45.0  # one that gives none is gone
BEHIND_SECONDS = 30.0  # a receiver that takes nothing for so long is closed
HANDSHAKE_SECONDS = 10.0  # to say what is asked for, once the connection is there
CLOSE_SECONDS = 5.0  # for who is closed to take note of it
PRESENCE_TICK_SECONDS = 0.02  # carets of one tick leave in one frame
# Pause after a tick, for each frame it wrote: 250 ms for 500 people. A frame costs about 12 µs: a fortieth of that.
PRESENCE_SECONDS_PER_FRAME = 0.0005
PRESENCE_RETRY_SECONDS = 0.25  # before looking again whether those who do not keep up do
PRESENCE_REPEAT_SECONDS = 15.0  # between two times a process says again to the others who is here
PRESENCE_EXPIRY_SECONDS = 45.0  # a client of another process not heard of for so long is gone
PRESENCE_COUNT_ON_SECONDS = 1.0  # between two times all are asked to say again that they are here, at least
PRESENCE_COUNT_ON_SECONDS_PER_PERSON = 0.03  # 15 s for 500 people: as often as stock clients say it by themselves
PRESENCE_REUNION_SECONDS = 30.0  # after a document was opened, who comes may be coming back
FOLD_QUIET_SECONDS = 20.0
FOLD_SECONDS = 120.0  # a fold in another process is given up after it
READ_SECONDS = 8.0  # for the database to answer who comes in or asks for a document
COMMIT_SECONDS = 8.0  # a commit that takes longer is told to who wrote as "not saved"; it may still hold later
QUICK_COMMIT_SECONDS = 0.02  # while commits take longer, on a moving average, they are made beside the event loop
STOP_SECONDS = 10.0  # to commit what is queued when the server stops

# --- Tokens ---------------------------------------------------------------------------------------------------------
TOKEN_MINUTES = 24 * 60  # the longest life of a bearer token

# --- Changed by the operator ----------------------------------------------------------------------------------------
for _name, _value in settings.DOCUMENT_LIMITS.items():
    try:
        globals()[_name] = type(globals()[_name.upper()])(_value)
    except (KeyError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"CONCERTE_DOCUMENT_LIMITS: {_name}={_value}") from error
