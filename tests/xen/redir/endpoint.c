/* SPDX-License-Identifier: MIT */
/* What the endpoints of the device do, and the logs of what they saw. */
#include "redir.h"

#include <linux/usb/ch9.h>
#include <stdlib.h>
#include <string.h>

static bool sends(const struct endpoint *endpoint)
{
	return scripted_endpoints[endpoint->number].address & USB_DIR_IN;
}

static bool is_bulk(const struct endpoint *endpoint)
{
	return scripted_endpoints[endpoint->number].type ==
	       USB_ENDPOINT_XFER_BULK;
}

static unsigned int packet_size(const struct endpoint *endpoint)
{
	return is_bulk(endpoint) ? 512 : 64;
}

struct endpoint *endpoint_at(struct device *device, uint8_t address)
{
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
		if (scripted_endpoints[i].address == address)
			return &device->endpoints[i];
	return NULL;
}

static void free_request(struct device *device, struct request *request)
{
	if (request->data)
		usbredirparser_free_packet_data(device->parser, request->data);
	free(request);
}

static void log_transfer(struct endpoint *endpoint, const char *what,
			 size_t from, const uint8_t *data, unsigned int length)
{
	char octets[4096];

	pattern_name(endpoint->number, from, data, length, octets,
		     sizeof(octets));
	fprintf(endpoint->log, "%s %u: %s\n", what, length, octets);
}

/* Answer the oldest request, with what it has moved, and forget it. */
static void answer(struct device *device, struct endpoint *endpoint, int status)
{
	struct request *request = endpoint->requests;
	uint8_t *data = NULL;
	struct usb_redir_bulk_packet_header header = {
		.endpoint = scripted_endpoints[endpoint->number].address,
		.status = (uint8_t)status,
		.length = (uint16_t)request->done,
		.length_high = (uint16_t)(request->done >> 16),
		.stream_id = request->stream,
	};

	if (sends(endpoint) && request->done > 0) {
		data = malloc(request->done);
		if (!data)
			die("memory");
		pattern_fill(endpoint->number,
			     endpoint->position - request->done, data,
			     request->done);
		log_transfer(endpoint, "sent",
			     endpoint->position - request->done, data,
			     request->done);
	}
	usbredirparser_send_bulk_packet(device->parser, request->id, &header,
					data, data ? (int)request->done : 0);
	free(data);
	fprintf(device->log, "%.4f %s answers %u of %u, status %d\n", now(),
		scripted_endpoints[endpoint->number].name, request->done,
		request->length, status);
	endpoint->requests = request->next;
	/* A short or failed one may be the last that the host wants. */
	if (status != usb_redir_success ||
	    (sends(endpoint) && request->done < request->length))
		for (struct request *r = request->next; r; r = r->next)
			r->not_before = now() + endpoint->hold;
	free_request(device, request);
}

/* Move up to this many octets of the order's transfer in the oldest request. */
static unsigned int move(struct endpoint *endpoint, unsigned int wanted)
{
	struct request *request = endpoint->requests;
	unsigned int n = request->length - request->done;

	if (n > wanted)
		n = wanted;
	if (!sends(endpoint))
		log_transfer(endpoint, "read", endpoint->position,
			     request->data + request->done, n);
	request->done += n;
	endpoint->at += n;
	endpoint->position += n;
	return n;
}

static void transfer_over(struct endpoint *endpoint, struct order *order)
{
	endpoint->finished++;
	endpoint->at = 0;
	endpoint->due = now() + order->ms / 1e3;
}

/* An interrupt packet needs no request: QEMU keeps those that come early. */
static bool send_packet(struct device *device, struct endpoint *endpoint,
			struct order *order)
{
	uint8_t data[64];
	unsigned int most = device->low ? LOW_PACKET : sizeof(data);
	struct usb_redir_interrupt_packet_header header = {
		.endpoint = scripted_endpoints[endpoint->number].address,
		.length = (uint16_t)(order->size < most ? order->size : most),
	};

	if (!endpoint->receiving)
		return false;
	pattern_fill(endpoint->number, endpoint->position, data, header.length);
	log_transfer(endpoint, "sent", endpoint->position, data, header.length);
	endpoint->position += header.length;
	usbredirparser_send_interrupt_packet(device->parser, 0, &header, data,
					     header.length);
	transfer_over(endpoint, order);
	return true;
}

/* Go on with the first order's transfers; true when something has moved. */
static bool transfer(struct device *device, struct endpoint *endpoint,
		     struct order *order)
{
	struct request *request = endpoint->requests;
	bool full, ends;

	if (!is_bulk(endpoint))
		return send_packet(device, endpoint, order);
	if (!request || now() < request->not_before)
		return false;
	move(endpoint, order->size - endpoint->at);
	full = request->done == request->length;
	if (sends(endpoint)) {
		/* Only a packet that is short ends a request early. */
		ends = endpoint->at == order->size;
		if (full || (ends && order->size % packet_size(endpoint)) ||
		    order->size == 0)
			answer(device, endpoint, usb_redir_success);
	} else {
		ends = endpoint->at == order->size ||
		       (full && request->length % packet_size(endpoint));
		ends |= request->length == 0;
		if (full)
			answer(device, endpoint, usb_redir_success);
	}
	if (ends)
		transfer_over(endpoint, order);
	return true;
}

/* The oldest request ends with an error; false when there is none yet. */
static bool fail(struct device *device, struct endpoint *endpoint,
		 struct order *order)
{
	static const uint8_t statuses[] = {
		[HALT] = usb_redir_stall,
		[FAIL] = usb_redir_ioerror,
		[BABBLE] = usb_redir_babble,
	};
	struct request *request = endpoint->requests;

	if (!request || now() < request->not_before)
		return false;
	/* The controller tries a failed transaction again. */
	if (endpoint->finished + 1 == order->count && order->size > 0)
		move(endpoint, order->size);
	answer(device, endpoint, statuses[order->kind]);
	endpoint->finished++;
	endpoint->at = 0;
	return true;
}

static void halt(struct device *device, struct endpoint *endpoint)
{
	struct usb_redir_interrupt_packet_header header = {
		.endpoint = scripted_endpoints[endpoint->number].address,
		.status = usb_redir_stall,
	};

	endpoint->halted = true;
	fprintf(endpoint->log, "halted\n");
	if (!is_bulk(endpoint))
		usbredirparser_send_interrupt_packet(device->parser, 0, &header,
						     NULL, 0);
}

/* One step of the first order; true when something has changed. */
static bool step(struct device *device, struct endpoint *endpoint)
{
	struct order *order = &endpoint->orders[endpoint->first];

	if (order->kind == VANISH) {
		fprintf(endpoint->log, "vanished\n");
		endpoint->finished = order->count;
		device->plugged = false;
		usb_disconnect(device);
		return true;
	}
	if (order->kind == WAIT) {
		if (endpoint->due == 0)
			endpoint->due = now() + order->ms / 1e3;
		if (now() < endpoint->due)
			return false;
		endpoint->finished = order->count;
		return true;
	}
	if (now() < endpoint->due)
		return false;
	if (order->kind == SEND || order->kind == READ)
		return transfer(device, endpoint, order);
	/* Halted is what the endpoint is also while nobody asks. */
	if (order->kind == HALT && (order->size == 0 || !is_bulk(endpoint))) {
		halt(device, endpoint);
		endpoint->finished = order->count;
		return true;
	}
	if (!is_bulk(endpoint)) {
		endpoint->finished = order->count;
		return true;
	}
	if (!fail(device, endpoint, order))
		return false;
	if (order->kind == HALT)
		halt(device, endpoint);
	return true;
}

static void work(struct device *device, struct endpoint *endpoint)
{
	for (;;) {
		/* QEMU's xHCI asks for nothing where an URB was unlinked. */
		while (sends(endpoint) && endpoint->requests &&
		       endpoint->requests->length == 0)
			answer(device, endpoint, usb_redir_success);
		if (endpoint->halted) {
			while (endpoint->requests)
				answer(device, endpoint, usb_redir_stall);
			return;
		}
		if (endpoint->used == 0 || !step(device, endpoint))
			return;
		if (endpoint->finished <
		    endpoint->orders[endpoint->first].count)
			continue;
		endpoint->first = (endpoint->first + 1) % ORDERS;
		endpoint->used--;
		endpoint->finished = endpoint->at = 0;
		endpoint->due = 0;
	}
}

double device_work(struct device *device)
{
	double wait = 60, at;

	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		struct endpoint *endpoint = &device->endpoints[i];

		work(device, endpoint);
		if (endpoint->used == 0)
			continue;
		at = endpoint->due;
		if (endpoint->requests && endpoint->requests->not_before > at)
			at = endpoint->requests->not_before;
		if (at > now() && at - now() < wait)
			wait = at - now();
	}
	return wait;
}

int device_left(const struct endpoint *endpoint)
{
	unsigned int left = 0;

	for (int i = 0; i < endpoint->used; i++)
		left += endpoint->orders[(endpoint->first + i) % ORDERS].count;
	left -= endpoint->finished;
	return left < 255 ? (int)left : 255;
}

void bulk_request(struct device *device, uint64_t id,
		  struct usb_redir_bulk_packet_header *header, uint8_t *data)
{
	struct endpoint *endpoint = endpoint_at(device, header->endpoint);
	struct request *request = calloc(1, sizeof(*request)), **link;

	if (!endpoint || !request)
		die("no endpoint %02x, or memory", header->endpoint);
	request->id = id;
	request->stream = header->stream_id;
	request->length = header->length | (uint32_t)header->length_high << 16;
	request->data = data;
	for (link = &endpoint->requests; *link; link = &(*link)->next)
		;
	*link = request;
	fprintf(device->log, "%.4f %s is asked for %u\n", now(),
		scripted_endpoints[endpoint->number].name, request->length);
}

/* Exactly one answer for each: none when it has been answered already. */
void cancel_request(struct device *device, uint64_t id)
{
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		struct endpoint *endpoint = &device->endpoints[i];
		struct request **link = &endpoint->requests, *request;
		struct usb_redir_bulk_packet_header header = {
			.endpoint = scripted_endpoints[i].address,
			.status = usb_redir_cancelled,
		};

		while (*link && (*link)->id != id)
			link = &(*link)->next;
		request = *link;
		if (!request)
			continue;
		*link = request->next;
		/* QEMU reports nothing of a cancelled one, so it is still to be sent. */
		if (sends(endpoint)) {
			endpoint->position -= request->done;
			endpoint->at -= endpoint->at < request->done ?
					endpoint->at : request->done;
		}
		fprintf(device->log, "%.4f %s is cancelled at %u of %u\n",
			now(), scripted_endpoints[i].name, request->done,
			request->length);
		header.stream_id = request->stream;
		usbredirparser_send_bulk_packet(device->parser, id, &header,
						NULL, 0);
		free_request(device, request);
		return;
	}
}

void device_drop_requests(struct device *device)
{
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		struct endpoint *endpoint = &device->endpoints[i];

		while (endpoint->requests) {
			struct request *request = endpoint->requests;

			endpoint->requests = request->next;
			free_request(device, request);
		}
		endpoint->halted = endpoint->receiving = false;
	}
}

static void reset(struct device *device)
{
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		struct endpoint *endpoint = &device->endpoints[i];

		endpoint->used = 0;
		endpoint->finished = endpoint->at = 0;
		endpoint->position = 0;
		endpoint->due = 0;
		endpoint->halted = false;
		fprintf(endpoint->log, "run\n");
	}
	device->iso_sent = device->iso_received = 0;
	device->iso_wrong = 0;
	device->iso_fail = 0;
}

/* The order that the words say; false when they make no sense. */
static bool parse_order(const struct endpoint *endpoint, const char *verb,
			const unsigned int *number, int numbers,
			struct order *order)
{
	*order = (struct order){ .count = 1 };
	if (numbers >= 2 && !strcmp(verb, sends(endpoint) ? "send" : "read"))
		*order = (struct order){ sends(endpoint) ? SEND : READ,
					 number[0], number[1], number[2] };
	else if (!strcmp(verb, "halt") && numbers <= 1)
		order->kind = HALT, order->size = number[0];
	else if (!strcmp(verb, "fail") && numbers >= 1)
		*order = (struct order){ FAIL, number[0], number[1], 0 };
	else if (!strcmp(verb, "babble") && numbers <= 1)
		order->kind = BABBLE, order->size = number[0];
	else if (!strcmp(verb, "vanish") && numbers == 0)
		order->kind = VANISH;
	else if (!strcmp(verb, "wait") && numbers == 1)
		order->kind = WAIT, order->ms = number[0];
	else
		return false;
	return order->count > 0;
}

int device_tell(struct device *device, const char *text)
{
	struct endpoint *endpoint;
	struct order order;
	char name[16], verb[16];
	unsigned int number[3] = { 0 };
	int fields = sscanf(text, "%15s %15s %u %u %u", name, verb, &number[0],
			    &number[1], &number[2]);

	fprintf(device->log, "%.4f told: %s\n", now(), text);
	if (fields == 1 && !strcmp(name, "reset")) {
		reset(device);
		return 0;
	}
	if (fields == 4 && !strcmp(name, "iso") && !strcmp(verb, "fail")) {
		device->iso_fail = number[0];
		device->iso_fail_first = number[1];
		return 0;
	}
	if (fields < 2 || scripted_by_name(name) < 0)
		return -1;
	endpoint = &device->endpoints[scripted_by_name(name)];
	if (fields == 3 && !strcmp(verb, "hold")) {
		endpoint->hold = number[0] / 1e3;
		return 0;
	}
	if (!parse_order(endpoint, verb, number, fields - 2, &order) ||
	    endpoint->used == ORDERS)
		return -1;
	endpoint->orders[(endpoint->first + endpoint->used++) % ORDERS] = order;
	return 0;
}
