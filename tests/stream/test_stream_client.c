/* SPDX-License-Identifier: MIT */
/*
 * The client of examples/stream and a server that lies, is torn off or says
 * nothing: every URB comes back once, and its buffer has no octet too many.
 */
#include "support/test.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

#define IN1	(FRAME_IN | 1)

struct scene {
	struct client *c;
	int server;		/* the server's end: what it says is written */
	struct urb urb;
	uint8_t buffer[256];	/* the URB's are the first 128 */
	uint32_t came_back;
};

static void count(struct urb *urb)
{
	struct scene *s = urb->context;

	s->came_back++;
}

static void say(struct scene *s, struct frame f)
{
	static uint8_t data[FRAME_MAX_DATA], octets[FRAME_MAX];
	size_t n;

	memset(data, 0xaa, sizeof(data));
	f.data = data;
	n = frame_encode(&f, octets);
	assert_int_equal(send(s->server, octets, n, MSG_DONTWAIT), n);
}

static void open_scene(struct scene *s, const struct client_way *way)
{
	int fd[2];

	memset(s, 0, sizeof(*s));
	s->c = malloc(sizeof(*s->c));
	assert_non_null(s->c);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	s->server = fd[1];
	say(s, (struct frame){ .kind = FRAME_HELLO, .flags = way->revision,
			       .length = STREAM_SLOTS });
	assert_true(client_open(s->c, fd[0], way, NULL));
	s->urb = (struct urb){ .ep = IN1, .buffer = s->buffer, .length = 128,
			       .complete = count, .context = s };
	assert_true(client_submit(s->c, &s->urb));
}

static void close_scene(struct scene *s)
{
	uint32_t i;

	assert_int_equal(s->came_back, 1);
	for (i = s->urb.actual; i < sizeof(s->buffer); i++)
		assert_int_equal(s->buffer[i], 0);
	close(s->server);
	close(s->c->conn.fd);
	free(s->c);
}

static const struct client_way *const ways[] = {
	&client_at_once, &client_alone, &client_queues };

/* Answers to a request with the id 0, IN, for 128 octets. */
static void answers_that_are_lies(void **state)
{
	static const struct frame lies[] = {
		{ .kind = FRAME_HELLO },
		{ .kind = FRAME_SUBMIT, .ep = IN1 },
		{ .kind = FRAME_ANSWER, .ep = IN1, .id = 1 },
		{ .kind = FRAME_ANSWER, .ep = IN1, .id = 0x7fff },
		{ .kind = FRAME_ANSWER, .ep = IN1, .length = 129 },
		{ .kind = FRAME_ANSWER, .ep = IN1, .length = 4096 },
		{ .kind = FRAME_ANSWER, .ep = 1, .length = 128 },
		{ .kind = 0 },
	};
	struct scene s;
	size_t i, w;

	(void)state;
	for (w = 0; w < COUNT_OF(ways); w++)
		for (i = 0; i < COUNT_OF(lies); i++) {
			open_scene(&s, ways[w]);
			say(&s, lies[i]);
			assert_false(client_run(s.c, NULL));
			assert_int_equal(s.urb.status, USBIF_WIRE_ST_SHUTDOWN);
			assert_int_equal(s.urb.actual, 0);
			assert_false(client_submit(s.c, &s.urb));
			close_scene(&s);
		}
}

static void statuses_that_are_lies(void **state)
{
	static const struct frame lies[] = {
		{ .kind = FRAME_ANSWER, .ep = IN1, .status = 1 },
		/* part of a packet, and yet to be resumed */
		{ .kind = FRAME_ANSWER, .ep = IN1, .length = 7,
		  .status = USBIF_WIRE_ST_NOT_EXECUTED },
	};
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lies); i++) {
		open_scene(&s, &client_queues);
		say(&s, lies[i]);
		assert_false(client_run(s.c, NULL));
		assert_int_equal(s.urb.status, USBIF_WIRE_ST_SHUTDOWN);
		close_scene(&s);
	}
	/* Of a server without the extension, its statuses are lies as well. */
	open_scene(&s, &client_alone);
	say(&s, (struct frame){ .kind = FRAME_ANSWER, .ep = IN1,
				.status = USBIF_WIRE_ST_NOT_EXECUTED });
	assert_false(client_run(s.c, NULL));
	close_scene(&s);
}

/* The answer came, and half of another: the first counts. */
static void the_server_is_torn_off(void **state)
{
	struct scene s;
	size_t w;

	(void)state;
	for (w = 0; w < COUNT_OF(ways); w++) {
		open_scene(&s, ways[w]);
		say(&s, (struct frame){ .kind = FRAME_ANSWER, .ep = IN1,
					.length = 128 });
		assert_int_equal(send(s.server, "\0\0", 2, MSG_DONTWAIT), 2);
		shutdown(s.server, SHUT_RDWR);
		client_run(s.c, &s.urb);
		assert_int_equal(s.urb.status, USBIF_WIRE_ST_OK);
		assert_int_equal(s.urb.actual, 128);
		close_scene(&s);
		open_scene(&s, ways[w]);
		close(s.server);
		assert_false(client_run(s.c, NULL));
		assert_int_equal(s.urb.status, USBIF_WIRE_ST_SHUTDOWN);
		close_scene(&s);
	}
}

/* An unlink that is never answered ends by the clock of the queues. */
static void the_server_says_nothing(void **state)
{
	struct scene s;
	uint32_t seconds = 0;

	(void)state;
	open_scene(&s, &client_queues);
	s.c->way->drain(s.c);
	client_unlink(s.c, &s.urb);
	s.c->way->drain(s.c);
	while (s.c->way->second(s.c))
		seconds++;
	assert_int_equal(seconds, USBIF_FQ_UNLINK_BOUND_S);
	s.c->way->shutdown(s.c);
	assert_int_equal(s.urb.status, USBIF_WIRE_ST_SHUTDOWN);
	close_scene(&s);
}

static void hellos_that_are_lies(void **state)
{
	static const struct frame lies[] = {
		{ .kind = FRAME_HELLO, .flags = 2, .length = STREAM_SLOTS },
		{ .kind = FRAME_HELLO, .flags = 1, .length = 3 },
		{ .kind = FRAME_ANSWER, .flags = 1, .length = STREAM_SLOTS },
		{ .kind = 77 },
	};
	struct client *c = malloc(sizeof(*c));
	struct scene s;
	size_t i;
	int fd[2];

	(void)state;
	assert_non_null(c);
	for (i = 0; i <= COUNT_OF(lies); i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		s.server = fd[1];
		if (i < COUNT_OF(lies))
			say(&s, lies[i]);
		close(s.server);
		assert_false(client_open(c, fd[0], &client_queues, NULL));
		close(fd[0]);
	}
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_that_are_lies),
		cmocka_unit_test(statuses_that_are_lies),
		cmocka_unit_test(the_server_is_torn_off),
		cmocka_unit_test(the_server_says_nothing),
		cmocka_unit_test(hellos_that_are_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
