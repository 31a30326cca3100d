/* SPDX-License-Identifier: MIT */
/* What usb-redir asks for: descriptors, configuration, control requests. */
#include "redir.h"

#include <endian.h>
#include <linux/usb/ch9.h>
#include <stdlib.h>
#include <string.h>

#define INTERFACES 2
#define INTERRUPT_MS 1
#define ISO_MS 1
/* bInterval of a high-speed interrupt or isochronous endpoint: 2^(n-1)/8 ms. */
#define INTERVAL_OF_1_MS 4
/* At low speed: packets of 8 octets, every 10 ms at most. */
#define LOW_MS 10

struct configuration {
	struct usb_config_descriptor config;
	struct usb_interface_descriptor data;
	uint8_t data_endpoints[SCRIPTED_ENDPOINTS][USB_DT_ENDPOINT_SIZE];
	struct usb_interface_descriptor iso_off, iso_on;
	uint8_t iso_endpoints[2][USB_DT_ENDPOINT_SIZE];
} __attribute__((packed));

/* A low-speed device has control and interrupt transfers only. */
struct low_configuration {
	struct usb_config_descriptor config;
	struct usb_interface_descriptor data;
	uint8_t endpoint[USB_DT_ENDPOINT_SIZE];
} __attribute__((packed));

static const struct usb_device_descriptor device_descriptor = {
	.bLength = USB_DT_DEVICE_SIZE,
	.bDescriptorType = USB_DT_DEVICE,
	.bcdUSB = 0x0200,
	.bMaxPacketSize0 = 64,
	.idVendor = 0x1d6b,
	.idProduct = 0x0105,
	.iProduct = 1,
	.iSerialNumber = 2,
	.bNumConfigurations = 1,
};

static const char *const strings[] = { NULL, "scripted device", "REDIR" };

/* The requests that each stays without an answer until it is cancelled. */
static uint64_t unanswered[16];

static struct usb_interface_descriptor interface(int number, int alt, int eps)
{
	return (struct usb_interface_descriptor){
		.bLength = USB_DT_INTERFACE_SIZE,
		.bDescriptorType = USB_DT_INTERFACE,
		.bInterfaceNumber = (uint8_t)number,
		.bAlternateSetting = (uint8_t)alt,
		.bNumEndpoints = (uint8_t)eps,
		.bInterfaceClass = USB_CLASS_VENDOR_SPEC,
	};
}

static void describe_endpoint(uint8_t *to, uint8_t address, uint8_t type,
			      unsigned int size, uint8_t interval)
{
	struct usb_endpoint_descriptor descriptor = {
		.bLength = USB_DT_ENDPOINT_SIZE,
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = address,
		.bmAttributes = type,
		.wMaxPacketSize = htole16((uint16_t)size),
		.bInterval = type == USB_ENDPOINT_XFER_BULK ? 0 : interval,
	};

	memcpy(to, &descriptor, USB_DT_ENDPOINT_SIZE);
}

static struct configuration describe(void)
{
	struct configuration all = {
		.config = {
			.bLength = USB_DT_CONFIG_SIZE,
			.bDescriptorType = USB_DT_CONFIG,
			.wTotalLength = htole16(sizeof(all)),
			.bNumInterfaces = INTERFACES,
			.bConfigurationValue = 1,
			.bmAttributes = USB_CONFIG_ATT_ONE,
			.bMaxPower = 50,
		},
		.data = interface(0, 0, SCRIPTED_ENDPOINTS),
		.iso_off = interface(1, 0, 0),
		.iso_on = interface(1, 1, 2),
	};

	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		uint8_t type = scripted_endpoints[i].type;

		describe_endpoint(all.data_endpoints[i],
				  scripted_endpoints[i].address, type,
				  type == USB_ENDPOINT_XFER_BULK ? 512 : 64,
				  INTERVAL_OF_1_MS);
	}
	describe_endpoint(all.iso_endpoints[0], ISO_IN_ADDRESS,
			  USB_ENDPOINT_XFER_ISOC, ISO_SIZE, INTERVAL_OF_1_MS);
	describe_endpoint(all.iso_endpoints[1], ISO_OUT_ADDRESS,
			  USB_ENDPOINT_XFER_ISOC, ISO_SIZE, INTERVAL_OF_1_MS);
	return all;
}

static struct low_configuration describe_low(void)
{
	struct low_configuration all = {
		.config = {
			.bLength = USB_DT_CONFIG_SIZE,
			.bDescriptorType = USB_DT_CONFIG,
			.wTotalLength = htole16(sizeof(all)),
			.bNumInterfaces = 1,
			.bConfigurationValue = 1,
			.bmAttributes = USB_CONFIG_ATT_ONE,
			.bMaxPower = 50,
		},
		.data = interface(0, 0, 1),
	};

	describe_endpoint(all.endpoint, scripted_endpoints[INT1].address,
			  USB_ENDPOINT_XFER_INT, LOW_PACKET, LOW_MS);
	return all;
}

static int describe_device(bool low, uint8_t *to)
{
	struct usb_device_descriptor descriptor = device_descriptor;

	if (low) {
		descriptor.bcdUSB = htole16(0x0110);
		descriptor.bMaxPacketSize0 = LOW_PACKET;
	}
	memcpy(to, &descriptor, sizeof(descriptor));
	return sizeof(descriptor);
}

static int describe_configuration(bool low, uint8_t *to)
{
	struct low_configuration few = describe_low();
	struct configuration all = describe();

	if (low) {
		memcpy(to, &few, sizeof(few));
		return sizeof(few);
	}
	memcpy(to, &all, sizeof(all));
	return sizeof(all);
}

static int describe_string(unsigned int index, uint8_t *to)
{
	const char *text;

	if (index >= sizeof(strings) / sizeof(strings[0]))
		return -1;
	to[1] = USB_DT_STRING;
	if (index == 0) {
		to[0] = 4;
		to[2] = 0x09;
		to[3] = 0x04;
		return 4;
	}
	text = strings[index];
	to[0] = (uint8_t)(2 + 2 * strlen(text));
	for (size_t i = 0; text[i]; i++) {
		to[2 + 2 * i] = (uint8_t)text[i];
		to[3 + 2 * i] = 0;
	}
	return to[0];
}

/* A control request with its answer: octets, or -1 for a stall. */
static int get_descriptor(bool low, unsigned int value, uint8_t *to)
{
	switch (value >> 8) {
	case USB_DT_DEVICE:
		return describe_device(low, to);
	case USB_DT_CONFIG:
		return describe_configuration(low, to);
	case USB_DT_STRING:
		return describe_string(value & 0xff, to);
	default:
		return -1;
	}
}

static int standard_request(struct device *device,
			    const struct usb_redir_control_packet_header *setup,
			    uint8_t *to)
{
	struct endpoint *endpoint = endpoint_at(device, (uint8_t)setup->index);

	switch (setup->request) {
	case USB_REQ_GET_DESCRIPTOR:
		return get_descriptor(device->low, setup->value, to);
	case USB_REQ_GET_STATUS:
		to[0] = endpoint && endpoint->halted;
		to[1] = 0;
		return 2;
	case USB_REQ_CLEAR_FEATURE:
		if (setup->requesttype != USB_RECIP_ENDPOINT || !endpoint)
			return -1;
		endpoint->halted = false;
		fprintf(endpoint->log, "halt cleared\n");
		return 0;
	default:
		return -1;
	}
}

static int vendor_request(struct device *device,
			  const struct usb_redir_control_packet_header *setup,
			  const char *data, int length, uint8_t *to)
{
	char text[SCRIPTED_COMMAND_MAX + 1];

	if (setup->request == SCRIPTED_TELL && length <= SCRIPTED_COMMAND_MAX) {
		snprintf(text, sizeof(text), "%.*s", length, data);
		if (device_tell(device, text))
			fprintf(device->endpoints[0].log,
				"not understood: %s\n", text);
		return 0;
	}
	if (setup->request == SCRIPTED_STATE) {
		for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
			to[i] = (uint8_t)device_left(&device->endpoints[i]);
		return SCRIPTED_ENDPOINTS;
	}
	return -1;
}

static void answer_control(struct device *device, uint64_t id,
			   struct usb_redir_control_packet_header *setup,
			   int status, const uint8_t *data, int length)
{
	struct usb_redir_control_packet_header header = *setup;
	bool in = setup->requesttype & USB_DIR_IN;
	uint8_t copy[1024];

	if (length > setup->length)
		length = setup->length;
	header.status = (uint8_t)status;
	if (in) {
		header.length = (uint16_t)length;
		memcpy(copy, data, (size_t)length);
	}
	usbredirparser_send_control_packet(device->parser, id, &header,
					   in && length > 0 ? copy : NULL,
					   in ? length : 0);
}

/* The vendor request SCRIPTED_MISBEHAVE says by its value how it ends. */
#define SCRIPTED_MISBEHAVE 3
enum { MISBEHAVE_STALL, MISBEHAVE_FAIL, MISBEHAVE_SILENT };

static void leave_unanswered(uint64_t id)
{
	for (int i = 0; i < 16; i++)
		if (unanswered[i] == 0) {
			unanswered[i] = id + 1;
			return;
		}
}

int usb_unanswered(void)
{
	int n = 0;

	for (int i = 0; i < 16; i++)
		n += unanswered[i] != 0;
	return n;
}

static void misbehave(struct device *device, uint64_t id,
		      struct usb_redir_control_packet_header *setup)
{
	if (setup->value == MISBEHAVE_STALL)
		answer_control(device, id, setup, usb_redir_stall, NULL, 0);
	else if (setup->value == MISBEHAVE_FAIL)
		answer_control(device, id, setup, usb_redir_ioerror, NULL, 0);
	else
		leave_unanswered(id);
}

bool usb_cancel_control(struct device *device, uint64_t id)
{
	struct usb_redir_control_packet_header setup = {
		.requesttype = USB_DIR_IN
	};

	for (int i = 0; i < 16; i++) {
		if (unanswered[i] != id + 1)
			continue;
		unanswered[i] = 0;
		answer_control(device, id, &setup, usb_redir_cancelled,
			       (const uint8_t *)"", 0);
		return true;
	}
	return false;
}

static void on_control(void *priv, uint64_t id,
		       struct usb_redir_control_packet_header *setup,
		       uint8_t *data, int length)
{
	struct device *device = priv;
	uint8_t to[1024];
	int n = -1;

	fprintf(device->log, "%.4f control %02x %02x %04x %04x %u\n", now(),
		setup->requesttype, setup->request, setup->value, setup->index,
		setup->length);
	if (device->mute) {
		leave_unanswered(id);
	} else if ((setup->requesttype & USB_TYPE_MASK) == USB_TYPE_VENDOR &&
		   setup->request == SCRIPTED_MISBEHAVE) {
		misbehave(device, id, setup);
	} else {
		if ((setup->requesttype & USB_TYPE_MASK) == USB_TYPE_VENDOR)
			n = vendor_request(device, setup, (const char *)data,
					   length, to);
		else if ((setup->requesttype & USB_TYPE_MASK) ==
			 USB_TYPE_STANDARD)
			n = standard_request(device, setup, to);
		answer_control(device, id, setup,
			       n < 0 ? usb_redir_stall : usb_redir_success, to,
			       n < 0 ? 0 : n);
	}
	if (data)
		usbredirparser_free_packet_data(device->parser, data);
}

static void send_low_endpoints(struct device *device)
{
	struct usb_redir_interface_info_header interfaces = {
		.interface_count = 1,
		.interface_class = { 0xff },
	};
	struct usb_redir_ep_info_header info;
	int at = 16 + (scripted_endpoints[INT1].address & 0x0f);

	memset(&info, 0, sizeof(info));
	memset(info.type, usb_redir_type_invalid, sizeof(info.type));
	info.type[0] = info.type[16] = usb_redir_type_control;
	info.max_packet_size[0] = info.max_packet_size[16] = LOW_PACKET;
	info.type[at] = usb_redir_type_interrupt;
	info.interval[at] = LOW_MS;
	info.max_packet_size[at] = LOW_PACKET;
	usbredirparser_send_interface_info(device->parser, &interfaces);
	usbredirparser_send_ep_info(device->parser, &info);
}

/* Which endpoints there are, in QEMU's order: 16 OUT, then 16 IN. */
static void send_endpoints(struct device *device)
{
	struct usb_redir_interface_info_header interfaces = {
		.interface_count = INTERFACES,
		.interface = { 0, 1 },
		.interface_class = { 0xff, 0xff },
	};
	struct usb_redir_ep_info_header info;

	if (device->low) {
		send_low_endpoints(device);
		return;
	}
	memset(&info, 0, sizeof(info));
	memset(info.type, usb_redir_type_invalid, sizeof(info.type));
	info.type[0] = info.type[16] = usb_redir_type_control;
	info.max_packet_size[0] = info.max_packet_size[16] = 64;
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
		uint8_t address = scripted_endpoints[i].address;
		int at = (address & 0x80) >> 3 | (address & 0x0f);
		bool bulk = scripted_endpoints[i].type ==
			    USB_ENDPOINT_XFER_BULK;

		info.type[at] = scripted_endpoints[i].type;
		info.interval[at] = bulk ? 0 : 8 * INTERRUPT_MS;
		info.max_packet_size[at] = bulk ? 512 : 64;
	}
	if (device->alt == 1)
		for (int at = 0x07; at <= 0x16; at += 0x16 - 0x07) {
			info.type[at] = usb_redir_type_iso;
			info.interval[at] = 8 * ISO_MS;
			info.interface[at] = 1;
			info.max_packet_size[at] = ISO_SIZE;
		}
	usbredirparser_send_interface_info(device->parser, &interfaces);
	usbredirparser_send_ep_info(device->parser, &info);
}

void usb_connect(struct device *device)
{
	struct usb_redir_device_connect_header connect = {
		.speed = device->low ? usb_redir_speed_low :
				       usb_redir_speed_high,
		.vendor_id = device_descriptor.idVendor,
		.product_id = device_descriptor.idProduct,
	};

	device->alt = 0;
	device->shown = true;
	send_endpoints(device);
	usbredirparser_send_device_connect(device->parser, &connect);
	fprintf(device->log, "%.4f connected\n", now());
}

void usb_disconnect(struct device *device)
{
	if (!device->shown)
		return;
	device->shown = false;
	device->mute = false;
	device->iso_due = 0;
	device_drop_requests(device);
	memset(unanswered, 0, sizeof(unanswered));
	usbredirparser_send_device_disconnect(device->parser);
	fprintf(device->log, "%.4f disconnected\n", now());
}

static void on_hello(void *priv, struct usb_redir_hello_header *hello)
{
	struct device *device = priv;

	(void)hello;
	if (device->plugged)
		usb_connect(device);
}

static void on_set_configuration(
	void *priv, uint64_t id,
	struct usb_redir_set_configuration_header *wanted)
{
	struct device *device = priv;
	struct usb_redir_configuration_status_header status = {
		.configuration = wanted->configuration,
	};

	device->configuration = wanted->configuration;
	device->alt = 0;
	send_endpoints(device);
	usbredirparser_send_configuration_status(device->parser, id, &status);
}

static void on_get_configuration(void *priv, uint64_t id)
{
	struct device *device = priv;
	struct usb_redir_configuration_status_header status = {
		.configuration = device->configuration,
	};

	usbredirparser_send_configuration_status(device->parser, id, &status);
}

static void send_alt(struct device *device, uint64_t id, uint8_t number,
		     int status)
{
	struct usb_redir_alt_setting_status_header header = {
		.status = (uint8_t)status,
		.interface = number,
		.alt = number == 1 ? device->alt : 0,
	};

	usbredirparser_send_alt_setting_status(device->parser, id, &header);
}

static void on_set_alt(void *priv, uint64_t id,
		       struct usb_redir_set_alt_setting_header *wanted)
{
	struct device *device = priv;
	bool possible = wanted->alt == 0 ||
			(wanted->interface == 1 && wanted->alt == 1);

	if (possible && wanted->interface == 1)
		device->alt = wanted->alt;
	send_endpoints(device);
	send_alt(device, id, wanted->interface,
		 possible ? usb_redir_success : usb_redir_stall);
}

static void on_get_alt(void *priv, uint64_t id,
		       struct usb_redir_get_alt_setting_header *wanted)
{
	send_alt(priv, id, wanted->interface, usb_redir_success);
}

static void on_start_iso(void *priv, uint64_t id,
			 struct usb_redir_start_iso_stream_header *start)
{
	(void)id;
	iso_start(priv, start->endpoint & USB_DIR_IN);
}

static void on_stop_iso(void *priv, uint64_t id,
			struct usb_redir_stop_iso_stream_header *stop)
{
	(void)id;
	iso_stop(priv, stop->endpoint & USB_DIR_IN);
}

static void on_iso(void *priv, uint64_t id,
		   struct usb_redir_iso_packet_header *header, uint8_t *data,
		   int length)
{
	struct device *device = priv;

	(void)id;
	(void)header;
	iso_received(device, data, length);
	if (data)
		usbredirparser_free_packet_data(device->parser, data);
}

static void set_receiving(struct device *device, uint8_t address, bool on)
{
	struct endpoint *endpoint = endpoint_at(device, address);
	struct usb_redir_interrupt_receiving_status_header status = {
		.endpoint = address,
	};

	if (endpoint)
		endpoint->receiving = on;
	usbredirparser_send_interrupt_receiving_status(device->parser, 0,
						       &status);
}

static void on_start_interrupt(
	void *priv, uint64_t id,
	struct usb_redir_start_interrupt_receiving_header *start)
{
	(void)id;
	set_receiving(priv, start->endpoint, true);
}

static void on_stop_interrupt(
	void *priv, uint64_t id,
	struct usb_redir_stop_interrupt_receiving_header *stop)
{
	(void)id;
	set_receiving(priv, stop->endpoint, false);
}

static void on_bulk(void *priv, uint64_t id,
		    struct usb_redir_bulk_packet_header *header, uint8_t *data,
		    int length)
{
	(void)length;
	bulk_request(priv, id, header, data);
}

static void on_cancel(void *priv, uint64_t id)
{
	if (!usb_cancel_control(priv, id))
		cancel_request(priv, id);
}

static void on_reset(void *priv)
{
	struct device *device = priv;

	fprintf(device->log, "%.4f port reset\n", now());
	for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
		device->endpoints[i].halted = false;
}

static void on_nothing(void *priv)
{
	(void)priv;
}

void usb_set_up(struct device *device)
{
	struct usbredirparser *parser = usbredirparser_create();

	if (!parser)
		die("memory");
	device->parser = parser;
	parser->priv = device;
	parser->hello_func = on_hello;
	parser->reset_func = on_reset;
	parser->set_configuration_func = on_set_configuration;
	parser->get_configuration_func = on_get_configuration;
	parser->set_alt_setting_func = on_set_alt;
	parser->get_alt_setting_func = on_get_alt;
	parser->start_iso_stream_func = on_start_iso;
	parser->stop_iso_stream_func = on_stop_iso;
	parser->start_interrupt_receiving_func = on_start_interrupt;
	parser->stop_interrupt_receiving_func = on_stop_interrupt;
	parser->cancel_data_packet_func = on_cancel;
	parser->control_packet_func = on_control;
	parser->bulk_packet_func = on_bulk;
	parser->iso_packet_func = on_iso;
	parser->device_disconnect_ack_func = on_nothing;
	parser->filter_reject_func = on_nothing;
}
