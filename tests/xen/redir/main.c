/* SPDX-License-Identifier: MIT */
/*
 * redir SOCKET LOGS: waits for QEMU's chardev on the socket. Commands come on stdin, one a line, and are
 * answered on stdout: "ok TEXT" or "error". Those of redir.h, and
 *
 *   plug, unplug      the device comes, or goes
 *   plug low          it comes as a low-speed device, with no endpoint but int1
 *   log EP            a sum of the endpoint's log since this was asked last, and the lines of the last run
 *   pending EP        how many requests of QEMU's an endpoint has
 *   left EP           how many transfers are not done yet
 *   unanswered        how many control requests wait for an answer that will not come
 *   iso               "SENT RECEIVED WRONG" isochronous packets
 */
#define _GNU_SOURCE
#include "redir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HOLD 0.02
/* An answer has to fit into a line of the machine's side. */
#define LOG_TEXT_MAX 2000

static int connection;

void die(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "redir: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(arguments);
	exit(1);
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int on_read(void *priv, uint8_t *data, int count)
{
	ssize_t n = read(connection, data, (size_t)count);

	(void)priv;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n == 0 ? -1 : (int)n;
}

static int on_write(void *priv, uint8_t *data, int count)
{
	ssize_t n = write(connection, data, (size_t)count);

	(void)priv;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return (int)n;
}

static void on_log(void *priv, int level, const char *text)
{
	struct device *device = priv;

	if (level <= usbredirparser_warning)
		fprintf(device->log, "%.4f parser: %s\n", now(), text);
}

static void open_logs(struct device *device, const char *directory)
{
	char name[512];

	snprintf(name, sizeof(name), "%s/redir.log", directory);
	device->log = fopen(name, "w");
	if (!device->log)
		die("%s", name);
	setvbuf(device->log, NULL, _IOLBF, 0);
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		device->endpoints[i].number = i;
		snprintf(name, sizeof(name), "%s/redir-%s.log", directory,
			 scripted_endpoints[i].name);
		device->endpoints[i].log = fopen(name, "w+");
		if (!device->endpoints[i].log)
			die("%s", name);
	}
}

/*
 * A sum over all that an endpoint has logged since this was asked last, so that
 * two of them can be compared, and the text of its last run, to be read.
 */
static void print_log(struct endpoint *endpoint)
{
	static char text[LOG_TEXT_MAX], line[4200];
	uint64_t sum = 0xcbf29ce484222325; /* FNV-1a */

	text[0] = '\0';
	fseek(endpoint->log, endpoint->log_shown, SEEK_SET);
	while (fgets(line, sizeof(line), endpoint->log)) {
		for (size_t i = 0; line[i]; i++)
			sum = (sum ^ (uint8_t)line[i]) * 0x100000001b3;
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "run"))
			text[0] = '\0';
		else if (strlen(text) + strlen(line) + 3 < sizeof(text))
			sprintf(text + strlen(text), "%s%s",
				text[0] ? "; " : "", line);
	}
	fseek(endpoint->log, 0, SEEK_END);
	endpoint->log_shown = ftell(endpoint->log);
	printf("ok %016llx %s\n", (unsigned long long)sum, text);
}

/* What was before is another check's business. */
static void start_over(struct device *device)
{
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		struct endpoint *endpoint = &device->endpoints[i];

		endpoint->log_shown = ftell(endpoint->log);
		endpoint->hold = HOLD;
	}
}

static int pending(const struct endpoint *endpoint)
{
	int n = 0;

	for (struct request *r = endpoint->requests; r; r = r->next)
		n++;
	return n;
}

static void show(struct device *device, const char *what, int number)
{
	struct endpoint *endpoint = &device->endpoints[number];

	if (!strcmp(what, "log"))
		print_log(endpoint);
	else if (!strcmp(what, "pending"))
		printf("ok %d\n", pending(endpoint));
	else if (!strcmp(what, "left"))
		printf("ok %d\n", device_left(endpoint));
	else
		printf("error\n");
}

static void obey(struct device *device, const char *line)
{
	char what[16] = "", name[16] = "";
	int fields = sscanf(line, "%15s %15s", what, name);

	if (!strcmp(line, "plug") || !strcmp(line, "plug low")) {
		device->plugged = true;
		device->low = fields == 2;
		start_over(device);
		if (!device->shown &&
		    usbredirparser_have_peer_caps(device->parser))
			usb_connect(device);
		printf("ok\n");
	} else if (!strcmp(line, "unplug")) {
		device->plugged = false;
		usb_disconnect(device);
		printf("ok\n");
	} else if (!strcmp(line, "mute") || !strcmp(line, "speak")) {
		device->mute = line[0] == 'm';
		printf("ok\n");
	} else if (!strcmp(line, "unanswered")) {
		printf("ok %d\n", usb_unanswered());
	} else if (!strcmp(line, "iso")) {
		printf("ok %lu %lu %lu\n", device->iso_sent,
		       device->iso_received, device->iso_wrong);
	} else if (fields == 2 && scripted_by_name(name) >= 0) {
		show(device, what, scripted_by_name(name));
	} else {
		printf(device_tell(device, line) ? "error\n" : "ok\n");
	}
	fflush(stdout);
}

/* stdin is a pipe; a command is far shorter than what it takes in one go. */
static void serve_commands(struct device *device)
{
	static char text[4096];
	static size_t used;
	ssize_t n = read(0, text + used, sizeof(text) - 1 - used);
	char *end;

	if (n <= 0)
		exit(0);
	used += (size_t)n;
	text[used] = '\0';
	while ((end = strchr(text, '\n'))) {
		*end = '\0';
		obey(device, text);
		used -= (size_t)(end + 1 - text);
		memmove(text, end + 1, used + 1);
	}
}

static int accept_qemu(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(listener, (void *)&address, sizeof(address)) ||
	    listen(listener, 1))
		die("%s", path);
	/* The one who started this may connect now. */
	printf("ok\n");
	fflush(stdout);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		die("accept");
	close(listener);
	return fd;
}

static void start_parser(struct device *device)
{
	uint32_t caps[USB_REDIR_CAPS_SIZE] = { 0 };

	usb_set_up(device);
	device->parser->log_func = on_log;
	device->parser->read_func = on_read;
	device->parser->write_func = on_write;
	usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_device_disconnect_ack);
	usbredirparser_caps_set_cap(caps,
				    usb_redir_cap_ep_info_max_packet_size);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
	usbredirparser_init(device->parser, "libusbif test device", caps,
			    USB_REDIR_CAPS_SIZE, usbredirparser_fl_usb_host);
}

int main(int argc, char **argv)
{
	static struct device device;

	if (argc != 3) {
		fprintf(stderr, "usage: redir SOCKET LOGS\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	open_logs(&device, argv[2]);
	device_tell(&device, "reset");
	connection = accept_qemu(argv[1]);
	start_parser(&device);
	for (;;) {
		double wait = device_work(&device), iso = iso_work(&device);
		struct pollfd ready[2] = {
			{ .fd = 0, .events = POLLIN },
			{ .fd = connection, .events = POLLIN },
		};

		if (iso < wait)
			wait = iso;
		if (usbredirparser_has_data_to_write(device.parser)) {
			if (usbredirparser_do_write(device.parser))
				return 0;
			if (usbredirparser_has_data_to_write(device.parser))
				ready[1].events |= POLLOUT;
		}
		if (poll(ready, 2, (int)(wait * 1000) + 1) < 0 && errno != EINTR)
			die("poll");
		if (ready[0].revents)
			serve_commands(&device);
		/* QEMU ends before this program does. */
		if (ready[1].revents && usbredirparser_do_read(device.parser) ==
		    usbredirparser_read_io_error)
			return 0;
	}
}
