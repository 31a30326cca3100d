/* SPDX-License-Identifier: MIT */
/*
 * The server of examples/stream and a client that is hostile, slow or gone.
 * What the client says is written beforehand, so that one thread will do.
 */
#include "support/test.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"
#include "support/random.h"

struct talk {
	uint8_t said[32768];
	size_t octets;
	char log[256];
	int result;
	uint8_t heard[65536];
	size_t heard_octets;
};

static struct talk *talk_new(void)
{
	struct talk *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	return t;
}

static void say(struct talk *t, struct frame f)
{
	static const uint8_t data[FRAME_MAX_DATA];

	f.data = data;
	t->octets += frame_encode(&f, t->said + t->octets);
	assert_true(t->octets + FRAME_MAX < sizeof(t->said));
}

static void hello(struct talk *t, uint16_t revision)
{
	say(t, (struct frame){ .kind = FRAME_HELLO, .flags = revision });
}

static void submit(struct talk *t, uint8_t ep, uint16_t id, uint16_t flags,
		   uint32_t length)
{
	say(t, (struct frame){ .kind = FRAME_SUBMIT, .ep = ep, .id = id,
			       .flags = flags, .length = length });
}

static void unlink_id(struct talk *t, uint8_t ep, uint16_t id, uint16_t target)
{
	say(t, (struct frame){ .kind = FRAME_UNLINK, .ep = ep, .id = id,
			       .target = target });
}

/*
 * Let a server hear the first octets of what is said.  Sockets of records
 * bring one piece at a time.
 */
static void run(struct talk *t, size_t octets, size_t piece)
{
	FILE *log = fmemopen(memset(t->log, 0, sizeof(t->log)),
			     sizeof(t->log), "w");
	size_t at, n;
	ssize_t got;
	int fd[2];

	assert_non_null(log);
	assert_int_equal(socketpair(AF_UNIX, piece ? SOCK_SEQPACKET :
						     SOCK_STREAM, 0, fd), 0);
	for (at = 0; at < octets; at += n) {
		n = piece && piece < octets - at ? piece : octets - at;
		assert_int_equal(send(fd[0], t->said + at, n, MSG_DONTWAIT), n);
	}
	shutdown(fd[0], SHUT_WR);
	t->result = server_run(fd[1], log);
	close(fd[1]);
	fclose(log);
	t->heard_octets = 0;
	while ((got = recv(fd[0], t->heard + t->heard_octets,
			   sizeof(t->heard) - t->heard_octets, 0)) > 0)
		t->heard_octets += (size_t)got;
	close(fd[0]);
}

/* The n-th frame that was heard, from 0. */
static struct frame heard(const struct talk *t, uint32_t n)
{
	struct frame f = { 0 };
	size_t at = 0;
	uint32_t i;
	int octets;

	for (i = 0; i <= n; i++) {
		octets = frame_decode(t->heard + at, t->heard_octets - at, &f);
		assert_true(octets > 0);
		at += (size_t)octets;
	}
	return f;
}

static void expect(const struct talk *t, uint32_t n, uint16_t id,
		   int32_t status, uint32_t length)
{
	struct frame f = heard(t, n);

	assert_int_equal(f.kind, FRAME_ANSWER);
	assert_int_equal(f.id, id);
	assert_int_equal(f.status, status);
	assert_int_equal(f.length, length);
}

#define IN1	MESSAGES
#define NOT_OK	USBIF_WIRE_FLAG_SHORT_NOT_OK
#define RESTART	USBIF_WIRE_FLAG_RESTART

static void conversation(struct talk *t)
{
	hello(t, 1);
	submit(t, IN1, 10, NOT_OK, 512);
	submit(t, IN1, 11, NOT_OK, 512);
	submit(t, 9, 12, 0, 3);			/* no such endpoint */
	unlink_id(t, IN1, 14, 99);
	submit(t, IN1, 15, NOT_OK | RESTART, 512);
}

static void check_conversation(const struct talk *t)
{
	assert_int_equal(t->result, 0);
	assert_string_equal(t->log, "");
	assert_int_equal(heard(t, 0).kind, FRAME_HELLO);
	assert_int_equal(heard(t, 0).flags, 1);
	assert_int_equal(heard(t, 0).length, STREAM_SLOTS);
}

/* Here the host controller moves after each frame. */
static void one_octet_at_a_time(void **state)
{
	struct talk *t = talk_new();

	(void)state;
	conversation(t);
	run(t, t->octets, 1);
	check_conversation(t);
	expect(t, 1, 10, USBIF_WIRE_ST_SHORT, 100);
	assert_int_equal(heard(t, 1).data[99], 1);
	expect(t, 2, 11, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect(t, 3, 12, USBIF_WIRE_ST_INVAL, 0);
	expect(t, 4, 14, USBIF_WIRE_ST_NOT_FOUND, 0);
	expect(t, 5, 15, USBIF_WIRE_ST_SHORT, 100);
	assert_int_equal(heard(t, 5).data[0], 2);
	free(t);
}

/* The newest revision that both know; without it, no status is ours. */
static void revisions(void **state)
{
	struct talk *t = talk_new();

	(void)state;
	hello(t, 0xffff);
	run(t, t->octets, 0);
	assert_int_equal(heard(t, 0).flags, 1);
	t->octets = 0;
	hello(t, 0);
	submit(t, IN1, 1, NOT_OK, 512);
	submit(t, IN1, 2, NOT_OK, 512);
	submit(t, SILENT, 3, 0, 4096);
	unlink_id(t, SILENT, 4, 3);
	unlink_id(t, IN1, 5, 3);		/* another queue's */
	submit(t, 9, 6, 0, 3);
	run(t, t->octets, 1);
	assert_int_equal(t->result, 0);
	assert_int_equal(heard(t, 0).flags, 0);
	expect(t, 1, 1, USBIF_WIRE_ST_OK, 100);
	expect(t, 2, 2, USBIF_WIRE_ST_OK, 100);	/* swallowed */
	expect(t, 3, 4, USBIF_WIRE_ST_OK, 0);
	expect(t, 4, 3, USBIF_WIRE_ST_IOERROR, 1024);
	expect(t, 5, 5, USBIF_WIRE_ST_NOT_FOUND, 0);
	expect(t, 6, 6, USBIF_WIRE_ST_INVAL, 0);
	free(t);
}

static bool is_border(const struct talk *t, size_t at)
{
	struct frame f;
	size_t from = 0;

	while (from < at)
		from += (size_t)frame_decode(t->said + from,
					     t->octets - from, &f);
	return from == at;
}

static void the_stream_ends_anywhere(void **state)
{
	const char *torn = "server: connection closed: "
			   "the stream ends inside a frame\n";
	struct talk *t = talk_new();
	size_t at;

	(void)state;
	conversation(t);
	submit(t, SILENT, 20, 0, 4096);
	submit(t, SILENT, 21, 0, 4096);		/* left behind in the HC */
	for (at = 0; at <= t->octets; at++) {
		run(t, at, 0);
		if (is_border(t, at)) {
			assert_int_equal(t->result, 0);
			assert_string_equal(t->log, "");
		} else {
			assert_int_equal(t->result, 1);
			assert_string_equal(t->log, torn);
		}
	}
	free(t);
}

static void crowd(struct talk *t)
{
	uint16_t id;

	for (id = 0; id <= STREAM_SLOTS; id++)
		submit(t, SILENT, id, 0, 4096);
}

/* What breaks a rule is the last thing that is said, and is said to the log. */
static void rules_that_a_client_breaks(void **state)
{
	static const struct {
		int revision;		/* -1: no HELLO */
		struct frame f[2];
		const char *fault;
	} lies[] = {
		{ -1, { { .kind = FRAME_SUBMIT, .ep = IN1 } }, "no HELLO" },
		{ -1, { { .kind = FRAME_ANSWER } }, "no HELLO" },
		{ 1, { { .kind = FRAME_HELLO, .flags = 1 } },
		  "a second HELLO" },
		{ 0, { { .kind = FRAME_HELLO, .flags = 1 } },
		  "a second HELLO" },
		{ 1, { { .kind = FRAME_ANSWER } }, "an ANSWER of the client" },
		{ 1, { { .kind = FRAME_SUBMIT, .ep = IN1, .flags = 4 } },
		  "a flag that was not negotiated" },
		{ 0, { { .kind = FRAME_SUBMIT, .ep = IN1, .flags = RESTART } },
		  "a flag that was not negotiated" },
		{ 1, { { .kind = FRAME_SUBMIT, .ep = SILENT, .id = 5 },
		       { .kind = FRAME_SUBMIT, .ep = IN1, .id = 5 } },
		  "an id that is in use" },
		{ 1, { { .kind = FRAME_SUBMIT, .ep = SILENT, .id = 5 },
		       { .kind = FRAME_UNLINK, .ep = SILENT, .id = 5,
			 .target = 5 } },
		  "an id that is in use" },
		{ 1, { { .kind = 9 } }, "no frame" },
	};
	struct talk *t = talk_new();
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lies); i++) {
		t->octets = 0;
		if (lies[i].revision >= 0)
			hello(t, (uint16_t)lies[i].revision);
		say(t, lies[i].f[0]);
		if (lies[i].f[1].kind)
			say(t, lies[i].f[1]);
		run(t, t->octets, 0);
		snprintf(line, sizeof(line), "server: connection closed: %s\n",
			 lies[i].fault);
		assert_string_equal(t->log, line);
		assert_int_equal(t->result, 1);
	}
	free(t);
}

static void more_requests_than_slots(void **state)
{
	struct talk *t = talk_new();
	uint16_t revision;

	(void)state;
	for (revision = 0; revision <= 1; revision++) {
		t->octets = 0;
		hello(t, revision);
		crowd(t);
		run(t, t->octets, 0);
		assert_int_equal(t->result, 1);
		assert_string_equal(t->log, "server: connection closed: "
				    "more requests than slots\n");
	}
	free(t);
}

/*
 * An unlink stops the queue while its target is in the host controller, which
 * is when no lawful client restarts it.
 */
static void a_restart_too_early(void **state)
{
	struct talk *t = talk_new();

	(void)state;
	hello(t, 1);
	submit(t, SILENT, 1, 0, 4096);
	unlink_id(t, SILENT, 2, 1);
	submit(t, SILENT, 3, RESTART, 4096);
	run(t, t->octets, 0);
	assert_int_equal(t->result, 1);
	assert_string_equal(t->log, "server: connection closed: "
			    "a restart while requests are in flight\n");
	free(t);
}

/* Good frames with some wrong octets, and noise: no crash, no hang. */
static void garbage(void **state)
{
	struct talk *t = talk_new();
	uint32_t seed = 1, round, n, in_order = 0;

	(void)state;
	for (round = 0; round < 3000; round++) {
		t->octets = 0;
		if (round % 8 != 0)
			conversation(t);
		else
			t->octets = 400;
		if (round % 8 == 0)
			fill_random(&seed, t->said, t->octets);
		for (n = next_random(&seed) % 4; n != 0; n--)
			t->said[next_random(&seed) % t->octets] ^=
				(uint8_t)(1u << next_random(&seed) % 8);
		run(t, t->octets, 0);
		assert_int_equal(t->result != 0, t->log[0] != 0);
		in_order += t->result == 0;
	}
	assert_true(in_order > 300 && in_order < 2700);
	free(t);
}

#define MANY	60000u

static void write_some(int fd, const struct frame *f, uint32_t *written)
{
	static uint8_t octets[FRAME_MAX];
	size_t n = frame_encode(f, octets);

	if (send(fd, octets, n, MSG_DONTWAIT) == (ssize_t)n)
		(*written)++;
}

/*
 * A client that does not read its answers has to wait, as the server keeps
 * only so many; when it does read, all are there.
 */
static void answers_that_are_not_read(void **state)
{
	const struct frame lies = { .kind = FRAME_SUBMIT, .ep = FRAME_IN | 9 };
	struct frame f = { .kind = FRAME_HELLO };
	struct pollfd p;
	uint32_t written = 0;
	size_t heard_octets = 0;
	uint8_t octets[4096];
	ssize_t n;
	int fd[2], status;
	pid_t server;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	server = fork();
	if (server == 0) {
		close(fd[0]);
		_exit(server_run(fd[1], stderr));
	}
	close(fd[1]);
	p = (struct pollfd){ .fd = fd[0], .events = POLLOUT };
	while (written < MANY && poll(&p, 1, 1000) > 0)
		write_some(fd[0], written ? &lies : &f, &written);
	assert_true(written > 1000 && written < MANY);
	p.events = POLLIN | POLLOUT;
	while (heard_octets < MANY * (size_t)FRAME_HEADER) {
		assert_true(poll(&p, 1, 10000) > 0);
		n = recv(fd[0], octets, sizeof(octets), MSG_DONTWAIT);
		if (n > 0)
			heard_octets += (size_t)n;
		if (p.revents & POLLOUT && written < MANY)
			write_some(fd[0], &lies, &written);
		if (written == MANY)
			p.events = POLLIN;
	}
	close(fd[0]);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_octet_at_a_time),
		cmocka_unit_test(revisions),
		cmocka_unit_test(the_stream_ends_anywhere),
		cmocka_unit_test(rules_that_a_client_breaks),
		cmocka_unit_test(more_requests_than_slots),
		cmocka_unit_test(a_restart_too_early),
		cmocka_unit_test(garbage),
		cmocka_unit_test(answers_that_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
