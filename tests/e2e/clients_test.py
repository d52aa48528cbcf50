"""Slow, half-open, flooding and malformed clients, and very many of them, at
each of the sockets that questions come in by: while they are there, all others
get their answers. Needs no Postfix."""

import contextlib
import os
import resource
import socket
import threading
import unittest

import lab
from postbounced import Postbounced

DEAD = b"dead@example.org"
ALIVE = b"alive@example.org"
MANY = 2000
MEGABYTE = 1 << 20
LOOKUPS = ("policy", "socketmap", "tcp_table")
SOCKETS = (*LOOKUPS, "query")

# How an answer ends.
ENDS = {"policy": b"\n\n", "socketmap": b",", "tcp_table": b"\n",
        "query": b"\n"}


def question(name, address):
    if name == "policy":
        return (b"request=smtpd_access_policy\nprotocol_state=RCPT\n"
                b"sender=me@example.com\nrecipient=%s\n\n" % address)
    if name == "socketmap":
        text = b"suppressed " + address
        return b"%d:%s," % (len(text), text)
    if name == "tcp_table":
        return b"get %s\n" % address
    return b'{"verb": "check", "addresses": ["%s"]}\n' % address


class Client:
    def __init__(self, daemon, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(lab.DEADLINE)
        self.socket.connect(daemon.socket(name))

    def send(self, data):
        """False if the daemon has hung up."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def answer(self):
        said = b""
        while not said.endswith(ENDS[self.name]):
            piece = self.socket.recv(4096)
            assert piece, f"{self.name}: hung up after {said!r}"
            said += piece
        return said

    def ask(self, address):
        self.socket.sendall(question(self.name, address))
        return self.answer()

    def rest(self):
        """All that comes until the daemon hangs up."""
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := self.socket.recv(4096):
                said += piece
        return said

    def close(self):
        self.socket.close()


class ClientsTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.serve()

    def serve(self, **settings):
        self.daemon = self.start(Postbounced(
            self.path(f"pb{len(self.logs)}"), **{
                "lmtp.group": "",
                "lookup.sessions": MANY + 100,
                "query.sessions": MANY + 100,
                **settings}))
        self.daemon.cli("suppress", DEAD.decode())
        self.good = {name: self.connect(name) for name in SOCKETS}
        self.wanted = {}
        for name, client in self.good.items():
            dead, alive = client.ask(DEAD), client.ask(ALIVE)
            self.assertNotEqual(dead, alive)
            self.wanted[name] = dead, alive

    def connect(self, name):
        client = Client(self.daemon, name)
        self.addCleanup(client.close)
        return client

    def check_others(self):
        """Whoever was there before, and whoever comes now."""
        for name in SOCKETS:
            with self.subTest(asked=name):
                fresh = self.connect(name)
                for client in (self.good[name], fresh) * 10:
                    self.assertEqual((client.ask(DEAD), client.ask(ALIVE)),
                                     self.wanted[name])
                fresh.close()

    def test_two_thousand_silent_connections_hurt_nobody(self):
        for name in SOCKETS:
            with self.subTest(disturbed=name):
                clients = [self.connect(name) for _ in range(MANY)]
                self.check_others()
                self.assertEqual(clients[-1].ask(DEAD), self.wanted[name][0])
                for client in clients:
                    client.close()

    def test_half_a_question_hurts_nobody(self):
        for name in SOCKETS:
            with self.subTest(disturbed=name):
                whole = question(name, DEAD)
                clients = [self.connect(name) for _ in range(100)]
                for client in clients:
                    client.send(whole[:len(whole) // 2])
                gone = self.connect(name)
                gone.send(whole[:-1])
                gone.socket.shutdown(socket.SHUT_WR)
                self.check_others()
                self.assertEqual(gone.rest(), b"")
                for client in clients:
                    client.send(whole[len(whole) // 2:])
                    self.assertEqual(client.answer(), self.wanted[name][0])

    def test_a_question_may_come_byte_by_byte(self):
        for name in SOCKETS:
            with self.subTest(disturbed=name):
                slow = self.connect(name)
                for byte in question(name, DEAD):
                    slow.send(bytes([byte]))
                    self.assertEqual(self.good[name].ask(ALIVE),
                                     self.wanted[name][1])
                self.assertEqual(slow.answer(), self.wanted[name][0])

    def flood(self, name, over):
        client = self.connect(name)
        size = len(self.wanted[name][0]) * 500
        while not over.is_set():
            client.send(question(name, DEAD) * 500)
            left = size
            while left > 0:
                left -= len(client.socket.recv(left))

    def test_questions_without_end_hurt_nobody(self):
        for name in SOCKETS:
            with self.subTest(disturbed=name):
                over = threading.Event()
                threads = [threading.Thread(target=self.flood,
                                            args=(name, over), daemon=True)
                           for _ in range(4)]
                for thread in threads:
                    thread.start()
                try:
                    self.check_others()
                finally:
                    over.set()
                    for thread in threads:
                        thread.join()

    def test_who_reads_no_answers_is_not_read_either(self):
        for name in SOCKETS:
            with self.subTest(disturbed=name):
                questions = question(name, DEAD) * 500
                client = self.connect(name)
                client.socket.settimeout(1)
                with self.assertRaises(TimeoutError):
                    for _ in range(64 * MEGABYTE // len(questions)):
                        client.socket.sendall(questions)
                self.check_others()

    def test_what_is_no_question_hurts_nobody(self):
        for name in SOCKETS:
            for what in (b"x" * MEGABYTE, b"\0" * MEGABYTE, b"\xff\n\n" * 1000,
                         b"9" * 100, b"GET / HTTP/1.0\r\n\r\n"):
                with self.subTest(disturbed=name, what=what[:10]):
                    client = self.connect(name)
                    client.send(question(name, DEAD) + what)
                    wanted = self.wanted[name][0]
                    self.assertEqual(client.answer()[:len(wanted)], wanted)
                    self.check_others()
                    client.close()

    def test_what_is_no_question_ends_the_connection(self):
        too_long = {"policy": b"x" * MEGABYTE, "tcp_table": b"x" * MEGABYTE,
                    "socketmap": b"9" * MEGABYTE}
        for name in LOOKUPS:
            with self.subTest(name):
                client = self.connect(name)
                client.send(too_long[name])
                self.assertEqual(client.rest(), b"")
                lab.wait_for(lambda name=name: f"{name}: a client was sent away"
                             in lab.read_file(self.daemon.log_path),
                             "a word in the log")

    def test_who_is_silent_is_left_without_a_word(self):
        self.serve(**{"lookup.timeout": "1s"})
        for name in LOOKUPS:
            with self.subTest(name):
                self.assertEqual(self.connect(name).rest(), b"")

    def test_a_question_has_to_come_to_its_end(self):
        self.serve(**{"lookup.timeout": "1s"})
        starts = {"policy": b"x", "socketmap": b"9999:", "tcp_table": b"get "}
        for name in LOOKUPS:
            with self.subTest(name):
                client = self.connect(name)
                client.send(starts[name])
                lab.wait_for(lambda client=client: not client.send(b"x"),
                             "the end of patience")

    def test_the_longest_silent_makes_room(self):
        self.serve(**{"lookup.sessions": 3, "query.sessions": 3})
        for name in self.wanted:
            with self.subTest(name):
                silent = [self.connect(name) for _ in range(2)]
                for _ in range(5):
                    self.good[name].ask(DEAD)
                    new = self.connect(name)
                    self.assertEqual(new.ask(DEAD), self.wanted[name][0])
                for client in silent:
                    self.assertEqual(client.rest(), b"")
                self.assertEqual(self.good[name].ask(DEAD),
                                 self.wanted[name][0])

    def test_who_takes_no_answers_does_not_hold_up_a_stop(self):
        for name in SOCKETS:
            client = self.connect(name)
            client.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    client.socket.send(question(name, DEAD) * 100)
        self.daemon.stop()

    def test_out_of_descriptors_the_longest_silent_makes_room(self):
        pid = self.daemon.pid
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 20,) * 2)
        silent = [self.connect("tcp_table") for _ in range(50)]
        self.assertEqual(self.connect("policy").ask(DEAD),
                         self.wanted["policy"][0])
        for client in silent:
            client.close()

    def test_the_daemon_stops_without_a_word(self):
        self.daemon.stop()
        for name in LOOKUPS:
            with self.subTest(name):
                self.assertEqual(self.good[name].rest(), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
