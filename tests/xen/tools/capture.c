/* SPDX-License-Identifier: MIT */
/* The user of a webcam: it asks uvcvideo for what camera.c sends, and compares every octet. */
#include "bed.h"
#include "video.h"
#include "watched.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TYPE V4L2_BUF_TYPE_VIDEO_CAPTURE
#define SILENCE 3.0 /* seconds without a frame after which none comes any more */

struct capture {
    const char *file;
    unsigned int width, height, streams;
    int fd;
    uint32_t last;        /* number of the last frame */
    uint32_t before;      /* the highest number of the streams before this one */
    uint32_t first;       /* what number the first frame of this stream has */
    uint32_t seen;        /* a bit for each frame of this stream */
    unsigned int frames;  /* of this stream */
    unsigned int damaged; /* those that uvcvideo has marked */
    struct video_buffer buffers[VIDEO_FRAMES];
};

static void open_capture(struct capture *capture)
{
    struct v4l2_format format = { .type = TYPE };

    step_begins("opening it");
    capture->fd = open(capture->file, O_RDWR | O_CLOEXEC);
    if (capture->fd < 0)
        failed("wrong: %s: %s", capture->file, strerror(errno));
    format.fmt.pix.width = capture->width;
    format.fmt.pix.height = capture->height;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    if (ioctl(capture->fd, VIDIOC_S_FMT, &format))
        failed("wrong: VIDIOC_S_FMT: %s", strerror(errno));
    if (format.fmt.pix.width != capture->width || format.fmt.pix.height != capture->height)
        failed("wrong: the camera has frames of %ux%u", format.fmt.pix.width, format.fmt.pix.height);
}

/*
 * Each frame once, and in order. That is the order in which uvcvideo has seen their packets, which its sequence numbers
 * tell: the octets are copied later, by several workers, and a frame is handed out when its own are done.
 */
static void judge_number(struct capture *capture, uint32_t number, uint32_t sequence)
{
    uint32_t bit = 1u << number % VIDEO_FRAMES;

    if (!capture->frames)
        capture->first = number - sequence;
    if (number <= capture->before || capture->seen & bit)
        failed("corrupts: frame %u once more, behind %u", number, capture->last);
    if (number != capture->first + sequence)
        failed("corrupts: frame %u in the place of %u, behind %u", number, capture->first + sequence, capture->last);
    capture->seen |= bit;
}

/* A frame that is not marked must be right. */
static void take_frame(struct capture *capture, const struct v4l2_buffer *buffer)
{
    const uint8_t *octets = capture->buffers[buffer->index].octets;
    size_t length = VIDEO_OCTETS(capture->width, capture->height), at;
    uint32_t number;

    if (buffer->flags & V4L2_BUF_FLAG_ERROR) {
        capture->damaged++;
        return;
    }
    if (buffer->bytesused != length)
        failed("corrupts: a frame of %u octets, not %zu, behind number %u", buffer->bytesused, length, capture->last);
    number = video_number(octets);
    at = video_wrong_at(number, octets, length);
    if (at < length)
        failed("corrupts: frame %u, behind %u, differs at octet %zu", number, capture->last, at);
    judge_number(capture, number, buffer->sequence);
    capture->last = number;
    capture->frames++;
}

static int next_frame(struct capture *capture)
{
    struct pollfd ready = { .fd = capture->fd, .events = POLLIN };
    struct v4l2_buffer buffer = { .type = TYPE, .memory = V4L2_MEMORY_MMAP };

    step_begins("waiting for a frame");
    if (poll(&ready, 1, (int)(SILENCE * 1000)) <= 0)
        return 0;
    if (ioctl(capture->fd, VIDIOC_DQBUF, &buffer))
        failed("wrong: VIDIOC_DQBUF: %s", strerror(errno));
    take_frame(capture, &buffer);
    return 1;
}

static void run_stream(struct capture *capture)
{
    int type = TYPE;

    video_map(capture->fd, TYPE, VIDEO_FRAMES, capture->buffers);
    for (unsigned int i = 0; i < VIDEO_FRAMES; i++)
        video_queue(capture->fd, TYPE, i, 0);
    step_begins("starting the stream");
    if (ioctl(capture->fd, VIDIOC_STREAMON, &type))
        failed("wrong: VIDIOC_STREAMON: %s", strerror(errno));
    capture->frames = 0;
    capture->seen = 0;
    while (capture->frames + capture->damaged < VIDEO_FRAMES && next_frame(capture))
        ;
    step_begins("ending the stream");
    if (ioctl(capture->fd, VIDIOC_STREAMOFF, &type))
        failed("wrong: VIDIOC_STREAMOFF: %s", strerror(errno));
    video_unmap(capture->fd, TYPE, VIDEO_FRAMES, capture->buffers);
    if (capture->frames != VIDEO_FRAMES)
        failed("corrupts: of %u frames %u came, and %u were damaged", VIDEO_FRAMES, capture->frames, capture->damaged);
    capture->before = capture->first + VIDEO_FRAMES - 1;
}

static void run_capture(void *argument)
{
    struct capture *capture = argument;

    open_capture(capture);
    for (unsigned int i = 0; i < capture->streams; i++)
        run_stream(capture);
    close(capture->fd);
}

/*
 * capture VIDEO_DEVICE WIDTH HEIGHT STREAMS: starts the camera so often and takes all of its frames; prints "pass", or
 * the reason why not, status 1 then
 */
int cmd_capture(int argc, char **argv)
{
    static struct capture capture;

    if (argc != 5)
        return 2;
    capture.file = argv[1];
    capture.width = (unsigned int)atoi(argv[2]);
    capture.height = (unsigned int)atoi(argv[3]);
    capture.streams = (unsigned int)atoi(argv[4]);
    return watched(run_capture, &capture);
}
