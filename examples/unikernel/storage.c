/* SPDX-License-Identifier: MIT */
/*
 * A mass-storage device with bulk-only transport (usb.org, Mass Storage Bulk
 * Only 1.0) and SCSI commands: read it whole, print its sha256.
 *
 * The status of a command is asked for at once, by an URB behind that for the
 * data.  That is right only where a queue stops: when the device has less to
 * say than was asked for, its status must not be read as data, nor lost.
 */
#include "kernel.h"
#include "sha256.h"
#include "usb.h"

#define CBW_OCTETS	31
#define CSW_OCTETS	13
#define BLOCK_OCTETS	4096u	/* the largest block that is known */
#define TRIES		3

/* SCSI */
#define TEST_UNIT_READY	0x00
#define INQUIRY		0x12
#define READ_CAPACITY	0x25
#define READ_10		0x28
#define INQUIRY_ASKED	255
#define INQUIRY_TEXT	28	/* vendor, product, revision: from octet 8 on */

/* A command has failed, as the device says in its status. */
#define REFUSED		1

enum { CBW, DATA, CSW, URBS };

static struct storage {
	struct usb_device *d;
	const struct usb_endpoint *in, *out;
	uint32_t tag;
	uint32_t shorts;	/* data that was less than asked for */
	uint32_t stalls;
	struct shim_urb urb[URBS];
	uint8_t cbw[CBW_OCTETS], csw[CSW_OCTETS];
	uint8_t data[SHIM_SLOT_OCTETS];
} st;

static void put_le32(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
	to[2] = (uint8_t)(value >> 16);
	to[3] = (uint8_t)(value >> 24);
}

static uint32_t le32(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/*
 * The data have ended.  After a short read the status behind it is sent again
 * by itself, when this has returned.  After a stall it would meet the halted
 * endpoint: take it back before it can move.
 */
static void on_data(struct shim_urb *urb)
{
	st.shorts += urb->status == USBIF_WIRE_ST_SHORT;
	if (urb->status != USBIF_WIRE_ST_OK &&
	    urb->status != USBIF_WIRE_ST_SHORT)
		shim_unlink(st.d->shim, &st.urb[CSW]);
}

static void ask_for_status(void)
{
	usb_fill(st.d, st.in, &st.urb[CSW], st.csw, CSW_OCTETS);
	shim_submit(st.d->shim, &st.urb[CSW]);
}

/* Command, data (always IN) and status, as three URBs at once. */
static void transfer(const uint8_t *cdb, uint8_t cdb_octets, uint32_t octets)
{
	memset(st.cbw, 0, sizeof(st.cbw));
	memcpy(st.cbw, "USBC", 4);
	put_le32(st.cbw + 4, ++st.tag);
	put_le32(st.cbw + 8, octets);
	st.cbw[12] = 0x80;
	st.cbw[14] = cdb_octets;
	memcpy(st.cbw + 15, cdb, cdb_octets);
	usb_fill(st.d, st.out, &st.urb[CBW], st.cbw, CBW_OCTETS);
	usb_fill(st.d, st.in, &st.urb[DATA], st.data, octets);
	st.urb[DATA].what.short_not_ok = true;
	st.urb[DATA].complete = on_data;
	shim_submit(st.d->shim, &st.urb[CBW]);
	if (octets > 0)
		shim_submit(st.d->shim, &st.urb[DATA]);
	ask_for_status();
	usb_wait(st.d, st.urb, URBS);
}

/*
 * The data's end decides what is to be done about the status.  A halted
 * endpoint is cleared, and the status asked for again, once.
 */
static int end_of_urbs(uint32_t octets)
{
	int32_t data = octets > 0 ? st.urb[DATA].status : USBIF_WIRE_ST_OK;
	int err;

	if (st.urb[CBW].status != USBIF_WIRE_ST_OK)
		return st.urb[CBW].status;
	if (data != USBIF_WIRE_ST_OK && data != USBIF_WIRE_ST_SHORT &&
	    data != USBIF_WIRE_ST_STALL)
		return data;
	if (data != USBIF_WIRE_ST_STALL &&
	    st.urb[CSW].status != USBIF_WIRE_ST_STALL)
		return st.urb[CSW].status;
	st.stalls++;
	err = usb_clear_halt(st.d, st.in);
	if (err < 0)
		return err;
	ask_for_status();
	usb_wait(st.d, &st.urb[CSW], 1);
	return st.urb[CSW].status;
}

/*
 * One command.  Returns the octets in st.data, or REFUSED as a negative
 * number, or another error: then the device must be reset.
 */
static int command(const uint8_t *cdb, uint8_t cdb_octets, uint32_t octets)
{
	uint32_t residue, got;
	int err;

	transfer(cdb, cdb_octets, octets);
	err = end_of_urbs(octets);
	if (err == USBIF_WIRE_ST_CANCELLED)
		return USB_TIMEOUT;
	if (err != USBIF_WIRE_ST_OK)
		return err;
	residue = le32(st.csw + 8);
	if (st.urb[CSW].actual != CSW_OCTETS || memcmp(st.csw, "USBS", 4) ||
	    le32(st.csw + 4) != st.tag || residue > octets || st.csw[12] > 1)
		return USB_LIES;
	if (st.csw[12] == 1)
		return -REFUSED;
	got = octets > 0 ? st.urb[DATA].actual : 0;
	return (int)(got < octets - residue ? got : octets - residue);
}

/* Bulk-only transport, 5.3.4: nothing is known of either pipe any more. */
static int recover(void)
{
	int err = usb_control(st.d, 0x21, 0xff, 0, st.d->interface, 0, 0);

	if (err >= 0)
		err = usb_clear_halt(st.d, st.in);
	if (err >= 0)
		err = usb_clear_halt(st.d, st.out);
	return err < 0 ? err : 0;
}

/* Same, tried again after a refusal, and after a reset of what went wrong. */
static int persist(const uint8_t *cdb, uint8_t cdb_octets, uint32_t octets)
{
	int n = 0, try;

	for (try = 0; try < TRIES; try++) {
		n = command(cdb, cdb_octets, octets);
		if (n >= 0 || n == USBIF_WIRE_ST_SHUTDOWN)
			break;
		if (n == -REFUSED)
			continue;
		platform_print("  storage: %s; reset\n", usb_error(n));
		if (recover() < 0)
			break;
	}
	return n;
}

/* Of a read that was short: what became of the URB that was behind it. */
static void print_short(uint32_t asked)
{
	const struct shim_urb *status = &st.urb[CSW];

	if (st.urb[DATA].status != USBIF_WIRE_ST_SHORT)
		return;
	platform_print("  short read: %u of %u octets; the URB behind it came back unexecuted %u times, was sent %u times, %u with restart\n",
		       st.urb[DATA].actual, asked, status->returned,
		       status->requests, status->restarts);
}

/* Many devices have less to say of themselves than they are asked for. */
static int print_inquiry(void)
{
	const uint8_t cdb[6] = { INQUIRY, 0, 0, 0, INQUIRY_ASKED };
	char text[INQUIRY_TEXT + 1];
	int i, n = persist(cdb, sizeof(cdb), INQUIRY_ASKED);

	if (n < 0)
		return n;
	for (i = 0; i < INQUIRY_TEXT; i++) {
		uint8_t c = i + 8 < n ? st.data[8 + i] : ' ';

		text[i] = c >= ' ' && c <= '~' ? (char)c : '.';
	}
	text[i] = 0;
	platform_print("  storage: %s\n", text);
	print_short(INQUIRY_ASKED);
	return 0;
}

static int read_capacity(uint32_t *blocks, uint32_t *block_octets)
{
	const uint8_t cdb[10] = { READ_CAPACITY };
	int n = persist(cdb, sizeof(cdb), 8);

	if (n < 0)
		return n;
	*blocks = be32(st.data) + 1;
	*block_octets = be32(st.data + 4);
	if (n < 8 || *blocks == 0 || *block_octets < 512 ||
	    *block_octets > BLOCK_OCTETS ||
	    (*block_octets & (*block_octets - 1)) != 0)
		return USB_LIES;
	platform_print("  storage: %u blocks of %u octets\n", *blocks,
		       *block_octets);
	return 0;
}

/* Returns whole blocks that are in st.data, or an error. */
static int read_blocks(uint32_t from, uint32_t n, uint32_t block_octets)
{
	const uint8_t cdb[10] = { READ_10, 0, (uint8_t)(from >> 24),
				  (uint8_t)(from >> 16), (uint8_t)(from >> 8),
				  (uint8_t)from, 0, (uint8_t)(n >> 8),
				  (uint8_t)n };
	int got = persist(cdb, sizeof(cdb), n * block_octets);

	return got < 0 ? got : got / (int)block_octets;
}

static void print_sum(struct sha256 *sha, uint32_t blocks, uint64_t ns)
{
	uint32_t rate = (uint32_t)(sha->octets * 100000 / (ns + 1));
	char hex[65];

	sha256_end(sha, hex);
	platform_print("  storage: %u blocks, sha256 %s\n", blocks, hex);
	platform_print("  storage: %u.%02u MB/s, %u commands, %u short, %u stalled\n",
		       rate / 100, rate % 100, st.tag, st.shorts, st.stalls);
}

/* The device may give less than asked for; nothing at all means it never will. */
static int read_whole(uint32_t blocks, uint32_t block_octets)
{
	static struct sha256 sha;
	uint32_t at = 0, most = sizeof(st.data) / block_octets;
	uint64_t ns = 0;

	sha256_start(&sha);
	while (at < blocks) {
		uint32_t n = blocks - at < most ? blocks - at : most;
		uint64_t from = now_ns();
		int got = read_blocks(at, n, block_octets);

		ns += now_ns() - from;
		if (got == 0)
			got = USB_LIES;
		if (got < 0) {
			platform_print("  storage: block %u is not to be had\n",
				       at);
			return got;
		}
		sha256_add(&sha, st.data, (uint32_t)got * block_octets);
		at += (uint32_t)got;
	}
	print_sum(&sha, blocks, ns);
	return 0;
}

void storage_run(struct usb_device *d)
{
	const uint8_t ready[6] = { TEST_UNIT_READY };
	uint32_t blocks, block_octets;
	int err;

	memset(&st, 0, sizeof(st));
	st.d = d;
	st.in = usb_endpoint(d, USBIF_XFER_BULK, true);
	st.out = usb_endpoint(d, USBIF_XFER_BULK, false);
	if (!st.in || !st.out) {
		platform_print("  storage: no pair of bulk endpoints\n");
		return;
	}
	err = print_inquiry();
	if (err >= 0)
		err = persist(ready, sizeof(ready), 0);
	if (err >= 0)
		err = read_capacity(&blocks, &block_octets);
	if (err >= 0)
		err = read_whole(blocks, block_octets);
	if (err < 0)
		platform_print("  storage: given up: %s\n",
			       err == -REFUSED ? "refused" : usb_error(err));
}
