/* SPDX-License-Identifier: MIT */
/* A stick behind bulk-only transport, as umass(4) and sd(4) use it. */
#include "stories.h"

#define TIMEOUT_MS	60000u

void stick_open(struct stick *s, unsigned int port)
{
	memset(s, 0, sizeof(*s));
	s->dev = device_at(port);
	must(s->dev);
	s->in = pipe_open(s->dev, 0x81);
	s->out = pipe_open(s->dev, 0x02);
	s->command = io_new(s->out, DISK_CBW_OCTETS);
	s->status = io_new(s->in, DISK_CSW_OCTETS);
}

static int read_status(struct stick *s)
{
	usbd_status err = io_run(s->status);

	if (err == USBD_STALLED && pipe_clear_stall(s->in) == 0)
		err = io_run(s->status);
	if (err)
		return -(int)err;
	must(s->status->data[4] == (uint8_t)s->tag);
	return s->status->data[12];
}

int stick_command(struct stick *s, const uint8_t *cdb, struct io *data,
		  bool in, uint32_t *moved)
{
	struct pipe *p = in ? s->in : s->out;
	usbd_status err;

	disk_make_cbw(s->command->data, ++s->tag, data ? data->length : 0, in,
		      cdb);
	s->command->timeout_ms = TIMEOUT_MS;
	s->status->timeout_ms = TIMEOUT_MS;
	err = io_run(s->command);
	if (err)
		return -(int)err;
	if (data) {
		data->timeout_ms = TIMEOUT_MS;
		err = io_run(data);
		if (moved)
			*moved = data->actual;
		if (err == USBD_STALLED)
			err = pipe_clear_stall(p);
		if (err)
			return -(int)err;
	}
	return read_status(s);
}

static uint8_t expected(uint32_t at, uint8_t salt)
{
	return device_pattern(99, at) ^ salt;
}

static void check_data(const uint8_t *data, uint32_t at, uint32_t octets,
		       uint8_t salt)
{
	uint32_t i;

	for (i = 0; i < octets; i++)
		if (data[i] != expected(at + i, salt))
			nb_panic("octet %u of the medium is wrong", at + i);
}

static void read_salted(struct stick *s, uint32_t sector, uint16_t sectors,
			uint8_t salt)
{
	struct io *io = io_new(s->in, sectors * DEVICE_SECTOR);
	uint8_t cdb[10];

	disk_make_cdb(cdb, DISK_READ_10, sector, sectors);
	must(stick_command(s, cdb, io, true, NULL) == 0);
	must(io->actual == io->length);
	check_data(io->data, sector * DEVICE_SECTOR, io->length, salt);
}

void stick_read(struct stick *s, uint32_t sector, uint16_t sectors)
{
	read_salted(s, sector, sectors, 0);
}

void stick_write(struct stick *s, uint32_t sector, uint16_t sectors,
		 uint8_t salt)
{
	struct io *io = io_new(s->out, sectors * DEVICE_SECTOR);
	uint8_t cdb[10];
	uint32_t i;

	for (i = 0; i < io->length; i++)
		io->data[i] = expected(sector * DEVICE_SECTOR + i, salt);
	disk_make_cdb(cdb, DISK_WRITE_10, sector, sectors);
	must(stick_command(s, cdb, io, false, NULL) == 0);
	must(io->actual == io->length);
}

void use_a_stick(void)
{
	struct stick s;

	stick_open(&s, 1);
	stick_read(&s, 3, 9);
	stick_write(&s, 20, 17, 0x55);
	read_salted(&s, 20, 17, 0x55);
	read_salted(&s, 37, 1, 0);
	stick_write(&s, 20, 17, 0);
}

void read_and_write(void)
{
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
}

/* umass asks for MAXPHYS at once: more than usbif's length can say. */
void large_transfers(void)
{
	struct stick s;

	connected();
	nb_plug(1, device_stick(false));
	stick_open(&s, 1);
	stick_read(&s, 0, 127);
	stick_read(&s, 0, 128);
	stick_write(&s, 128, 128, 0xa5);
	read_salted(&s, 128, 128, 0xa5);
	/* Not that NetBSD asks for more today. */
	stick_read(&s, 256, 129);
	stick_write(&s, 0, 384, 0x3c);
	read_salted(&s, 0, 384, 0x3c);
}

/* A command that fails stalls the data stage. */
void stall_and_clear(void)
{
	struct device *d = device_stick(false);
	struct stick s;
	struct io *io;
	uint8_t cdb[10];
	uint32_t moved = 1;

	connected();
	nb_plug(1, d);
	stick_open(&s, 1);
	io = io_new(s.in, 4096);
	disk_make_cdb(cdb, DISK_READ_10, DEVICE_SECTORS, 8);
	must(stick_command(&s, cdb, io, true, &moved) == 1);
	must(io->status == USBD_STALLED && moved == 0);
	must(d->clear_halts == 1);
	stick_read(&s, 0, 8);
	io = io_new(s.out, 4096);
	disk_make_cdb(cdb, DISK_WRITE_10, DEVICE_SECTORS, 8);
	must(stick_command(&s, cdb, io, false, &moved) == 1);
	must(io->status == USBD_STALLED);
	stick_write(&s, 0, 8, 0);
	stick_read(&s, 0, 8);
}

/* An inquiry that has less than was asked for. */
void short_data(void)
{
	struct stick s;
	struct io *io;
	const uint8_t cdb[10] = { DISK_INQUIRY };
	uint32_t moved;

	connected();
	nb_plug(1, device_stick(true));
	stick_open(&s, 1);
	io = io_new(s.in, 1024);
	io->flags = USBD_SHORT_XFER_OK;
	must(stick_command(&s, cdb, io, true, &moved) == 0);
	must(io->status == USBD_NORMAL_COMPLETION);
	must(moved == DISK_INQUIRY_OCTETS && io->data[0] == 'i');
	io = io_new(s.in, 70000);
	io->flags = USBD_SHORT_XFER_OK;
	must(stick_command(&s, cdb, io, true, &moved) == 0);
	must(moved == DISK_INQUIRY_OCTETS);
	stick_read(&s, 0, 8);
}
