/* SPDX-License-Identifier: MIT */
/*
 * What one buffer costs on the kernel's own ring: virtio_ring.c in the place
 * of a front, vringh.c in that of a back, as tools/virtio builds them.  Run
 * under callgrind by bench/run, which counts the instructions inside
 * round_trips().
 *
 * usage: vringh_cost SEGMENTS COUNT DEPTH
 */
#include <stdio.h>
#include <stdlib.h>
#include <linux/scatterlist.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <linux/vringh.h>

#define SLOTS	256
#define ALIGN	4096
#define MEMORY	(1024 * 1024)
#define SEGS	16
#define OCTETS	4096

/* What the tools' imitations of kernel functions want to be told. */
void *__kmalloc_fake, *__kfree_ignore_start, *__kfree_ignore_end;
void *__user_addr_min, *__user_addr_max;
u64 user_addr_offset;

static struct virtio_device device;
static struct virtqueue *front;
static struct vringh back;
static struct scatterlist segs[SEGS];
static struct iovec read_room[SEGS], write_room[SEGS];

static void die(const char *what)
{
	fprintf(stderr, "vringh_cost: %s\n", what);
	exit(2);
}

static bool say_nothing(struct virtqueue *vq)
{
	(void)vq;
	return true;
}

static void hear_nothing(struct virtqueue *vq)
{
	(void)vq;
}

static bool anywhere(struct vringh *ring, u64 at, struct vringh_range *range)
{
	(void)ring;
	(void)at;
	range->start = (u64)(unsigned long)__user_addr_min;
	range->end_incl = (u64)(unsigned long)__user_addr_max - 1;
	range->offset = 0;
	return true;
}

static void take_and_complete(u32 octets)
{
	struct vringh_iov from_guest, to_guest;
	u16 head;

	vringh_iov_init(&from_guest, read_room, SEGS);
	vringh_iov_init(&to_guest, write_room, SEGS);
	while (vringh_getdesc_user(&back, &from_guest, &to_guest, anywhere,
				   &head) == 1)
		if (vringh_complete_user(&back, head, octets) != 0)
			die("a buffer cannot be completed");
	vringh_need_notify_user(&back);
}

/* Instructions in here, divided by count, are the cost of a buffer. */
__attribute__((noinline)) static u32 round_trips(u32 n, u32 count, u32 depth)
{
	u32 submitted = 0, done = 0, octets;

	while (done < count) {
		while (submitted < count && submitted - done < depth) {
			if (virtqueue_add_inbuf(front, segs, n, &device,
						GFP_ATOMIC) != 0)
				die("no room");
			submitted++;
		}
		virtqueue_kick(front);
		take_and_complete(n * OCTETS);
		while (virtqueue_get_buf(front, &octets) != NULL)
			done++;
	}
	return done;
}

static void connect(u32 n)
{
	u32 i;

	if (posix_memalign(&__user_addr_min, ALIGN, MEMORY) != 0)
		die("no memory");
	__user_addr_max = (char *)__user_addr_min + MEMORY;
	memset(__user_addr_min, 0, MEMORY);
	INIT_LIST_HEAD(&device.vqs);
	spin_lock_init(&device.vqs_list_lock);
	device.features = 1ull << VIRTIO_F_VERSION_1 |
			  1ull << VIRTIO_RING_F_EVENT_IDX;
	front = vring_new_virtqueue(0, SLOTS, ALIGN, &device, true, false,
				    __user_addr_min, say_nothing, hear_nothing,
				    "front");
	vring_init(&back.vring, SLOTS, __user_addr_min, ALIGN);
	if (front == NULL ||
	    vringh_init_user(&back, device.features, SLOTS, true,
			     back.vring.desc, back.vring.avail,
			     back.vring.used) != 0)
		die("cannot connect");
	sg_init_table(segs, n);
	for (i = 0; i < n; i++)
		sg_set_buf(&segs[i], (char *)__user_addr_max -
			   (i + 1) * OCTETS, OCTETS);
}

int main(int argc, char **argv)
{
	u32 n, count;

	if (argc != 4)
		die("usage: vringh_cost SEGMENTS COUNT DEPTH");
	n = (u32)strtoul(argv[1], NULL, 10);
	count = (u32)strtoul(argv[2], NULL, 10);
	if (n < 1 || n > SEGS)
		die("SEGMENTS is 1 to 16");
	connect(n);
	if (round_trips(n, count, (u32)strtoul(argv[3], NULL, 10)) != count)
		die("buffers were lost");
	printf("%u buffers\n", count);
	return 0;
}
