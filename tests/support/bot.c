/* SPDX-License-Identifier: MIT */
/* A driver for sticks that does what Linux's usb-storage does. */
#include <string.h>

#include "support/disk.h"
#include "support/drivers.h"

#define STICK_IN	1
#define STICK_OUT	2

void bot_init(struct bot *bot, struct usb_dev *dev)
{
	memset(bot, 0, sizeof(*bot));
	bot->dev = dev;
	bot->piece = 4096;
}

static int32_t send_command(struct world *w, struct bot *bot,
			    const uint8_t *cdb, bool in, uint32_t octets)
{
	struct urb *urb = bulk_out(w, bot->dev, STICK_OUT, DISK_CBW_OCTETS);

	disk_make_cbw(urb->data, ++bot->tag, octets, in, cdb);
	return urb_run(w, urb);
}

/* Fewer pieces if the octets are few, larger ones if they are many. */
static int32_t move_data(struct world *w, struct bot *bot, bool in,
			 uint32_t octets)
{
	uint32_t piece = bot->piece;
	uint8_t ep = in ? STICK_IN : STICK_OUT;

	while (piece * SG_MOST < octets)
		piece *= 2;
	if (piece > octets)
		piece = octets;
	sg_init(w, &bot->sg, bot->dev, ep, in, octets / piece, piece);
	sg_run(w, &bot->sg);
	bot->data_status = bot->sg.status;
	if (bot->sg.status == USBIF_WIRE_ST_STALL)
		return clear_halt(w, bot->dev, ep, in);
	if (bot->sg.status == USBIF_WIRE_ST_SHORT)
		return USBIF_WIRE_ST_OK;
	return bot->sg.status;
}

static int32_t read_status(struct world *w, struct bot *bot)
{
	struct urb *urb = bulk_in(w, bot->dev, STICK_IN, DISK_CSW_OCTETS);
	int32_t status = urb_run(w, urb);

	if (status == USBIF_WIRE_ST_STALL &&
	    clear_halt(w, bot->dev, STICK_IN, true) == 0)
		status = urb_run(w, urb);
	if (status != USBIF_WIRE_ST_OK)
		return status;
	if (urb->actual != DISK_CSW_OCTETS || urb->data[4] != bot->tag)
		return USBIF_WIRE_ST_IOERROR;
	memcpy(bot->csw, urb->data, sizeof(bot->csw));
	return bot->csw[12];
}

int32_t bot_command(struct world *w, struct bot *bot, const uint8_t *cdb,
		    bool in, uint32_t octets)
{
	int32_t status = send_command(w, bot, cdb, in, octets);

	bot->data_status = USBIF_WIRE_ST_OK;
	if (status == USBIF_WIRE_ST_OK && octets != 0)
		status = move_data(w, bot, in, octets);
	if (status != USBIF_WIRE_ST_OK)
		return status;
	return read_status(w, bot);
}
