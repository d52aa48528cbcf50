"""The remote side: an SMTP server that answers by the recipient's local part
(everything before the first "+"), and keeps what it accepts."""

import asyncio
import re
import threading

# At RCPT TO. Any other local part is accepted.
RCPT_REPLIES = {
    "unknown": ["550 5.1.1 <{rcpt}>: Recipient address rejected: "
                "User unknown in virtual mailbox table"],
    "gone": ["550-5.1.1 The email account that you tried to reach does not",
             "550-5.1.1 exist. Please try double-checking the address.",
             "550 5.1.1  https://mail.example.net/?p=NoSuchUser - mx"],
    "full": ["552 5.2.2 <{rcpt}>: Mailbox full / Quota exceeded"],
    "policy": ["550 5.7.1 Message rejected due to local policy"],
    "listed": ["554 5.7.1 Service unavailable; Client host [192.0.2.1] "
               "blocked using bl.example.net"],
    "later": ["451 4.7.1 <{rcpt}>: Recipient address rejected: Greylisted"],
}
# At the end of DATA.
DATA_REPLIES = {"spam": ["554 5.7.1 Message rejected as spam."]}


def local_part(address):
    return address.rsplit("@", 1)[0].split("+", 1)[0].lower()


class Mail:
    """One accepted message."""

    def __init__(self, sender, recipients, data):
        self.sender = sender
        self.recipients = recipients
        self.data = data  # bytes, dots unstuffed, CRLF

    def __contains__(self, text):
        return text.encode() in self.data


class ScriptedMx:
    log_path = None

    def __init__(self):
        self.mails = []  # appended to by the server's thread only
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever,
                                        daemon=True)

    def start(self):
        self._thread.start()
        serve = asyncio.start_server(self._session, "127.0.0.1", 0,
                                     limit=1 << 24, backlog=256)
        server = asyncio.run_coroutine_threadsafe(serve, self._loop).result()
        self.port = server.sockets[0].getsockname()[1]

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _session(self, reader, writer):
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Session:
    def __init__(self, mx, reader, writer):
        self.mx, self.reader, self.writer = mx, reader, writer
        self.sender, self.recipients = "", []

    async def say(self, lines, rcpt=""):
        text = "\r\n".join(line.replace("{rcpt}", rcpt) for line in lines)
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def run(self):
        await self.say(["220 mx.remote.test ESMTP"])
        while True:
            line = await self.reader.readline()
            command = line.decode("utf-8", "replace").strip()
            verb = command[:4].upper()
            if not line:
                return
            if verb == "QUIT":
                await self.say(["221 2.0.0 Bye"])
                return
            await self.answer(verb, command)

    async def answer(self, verb, command):
        if verb in ("EHLO", "HELO"):
            await self.say(["250-mx.remote.test", "250-PIPELINING",
                            "250-8BITMIME", "250-SMTPUTF8", "250 DSN"])
        elif verb == "MAIL":
            self.sender = re.search(r"<([^>]*)>", command).group(1)
            self.recipients = []
            await self.say(["250 2.1.0 Ok"])
        elif verb == "RCPT":
            rcpt = re.search(r"<([^>]*)>", command).group(1)
            reply = RCPT_REPLIES.get(local_part(rcpt))
            if reply is None:
                self.recipients.append(rcpt)
            await self.say(reply or ["250 2.1.5 Ok"], rcpt)
        elif verb == "DATA":
            await self.data()
        elif verb in ("RSET", "NOOP"):
            await self.say(["250 2.0.0 Ok"])
        else:
            await self.say(["502 5.5.2 Command not recognised"])

    async def data(self):
        if not self.recipients:
            await self.say(["554 5.5.1 No valid recipients"])
            return
        await self.say(["354 Go on"])
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("closed within DATA")
            lines.append(line[1:] if line.startswith(b".") else line)
        for rcpt in self.recipients:
            if local_part(rcpt) in DATA_REPLIES:
                await self.say(DATA_REPLIES[local_part(rcpt)], rcpt)
                return
        self.mx.mails.append(
            Mail(self.sender, list(self.recipients), b"".join(lines)))
        await self.say(["250 2.0.0 Ok: queued as TEST"])
