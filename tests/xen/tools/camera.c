/* SPDX-License-Identifier: MIT */
/*
 * The program behind Linux' UVC gadget: it answers the requests of the video class, and each time that its host starts
 * the stream, VIDEO_FRAMES numbered frames go out, one after the other and as fast as they are taken.
 */
#include "bed.h"
#include "video.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usb/video.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>

/* Needs videodev2.h. */
#include <linux/usb/g_uvc.h>

#define BUFFERS 4
#define TYPE V4L2_BUF_TYPE_VIDEO_OUTPUT
#define INTERVAL 333333 /* 100 ns each: what it says, not what it does */
#define CLOCK 48000000

struct camera {
    int fd;
    unsigned int width, height, payload;
    int streaming;
    unsigned int sent;   /* frames of this stream */
    uint32_t number;     /* of the last frame; goes on from stream to stream */
    struct video_buffer buffers[BUFFERS];
};

/* The one format, whatever is asked for. */
static void settings(const struct camera *camera, struct uvc_streaming_control *control)
{
    memset(control, 0, sizeof(*control));
    control->bmHint = 1;
    control->bFormatIndex = 1;
    control->bFrameIndex = 1;
    control->dwFrameInterval = INTERVAL;
    control->dwMaxVideoFrameSize = (uint32_t)VIDEO_OCTETS(camera->width, camera->height);
    control->dwMaxPayloadTransferSize = camera->payload;
    control->dwClockFrequency = CLOCK;
    control->bmFramingInfo = 3;
    control->bPreferedVersion = 1;
    control->bMaxVersion = 1;
}

/* A negative length is a stall. What uvcvideo asks of the controls, on interface 0, is only what can be done. */
static void answer(const struct camera *camera, const struct usb_ctrlrequest *request)
{
    struct uvc_request_data data = { .length = request->wLength };
    struct uvc_streaming_control control;

    if (data.length > (int)sizeof(data.data))
        data.length = sizeof(data.data);
    settings(camera, &control);
    switch (request->bRequest) {
    case UVC_SET_CUR:
        break;
    case UVC_GET_CUR:
    case UVC_GET_MIN:
    case UVC_GET_MAX:
    case UVC_GET_DEF:
        memcpy(data.data, &control, sizeof(control));
        break;
    case UVC_GET_INFO:
        data.data[0] = UVC_CONTROL_CAP_GET | UVC_CONTROL_CAP_SET;
        break;
    case UVC_GET_LEN:
        data.data[0] = sizeof(control);
        break;
    default:
        data.length = -1;
    }
    if (ioctl(camera->fd, UVCIOC_SEND_RESPONSE, &data))
        fprintf(stderr, "bedtool: camera: an answer was not taken: %s\n", strerror(errno));
}

/* Hand over the next frame in this buffer. */
static void send_frame(struct camera *camera, unsigned int index)
{
    size_t length = VIDEO_OCTETS(camera->width, camera->height);

    if (camera->sent == VIDEO_FRAMES)
        return;
    camera->sent++;
    video_fill(++camera->number, camera->buffers[index].octets, length);
    video_queue(camera->fd, TYPE, index, length);
}

/* The host's SET_INTERFACE ends when VIDIOC_STREAMON does. */
static void stream_on(struct camera *camera)
{
    int type = TYPE;

    video_map(camera->fd, TYPE, BUFFERS, camera->buffers);
    camera->sent = 0;
    for (unsigned int i = 0; i < BUFFERS; i++)
        send_frame(camera, i);
    if (ioctl(camera->fd, VIDIOC_STREAMON, &type))
        die("camera: VIDIOC_STREAMON");
    camera->streaming = 1;
}

static void stream_off(struct camera *camera)
{
    int type = TYPE;

    if (!camera->streaming)
        return;
    ioctl(camera->fd, VIDIOC_STREAMOFF, &type);
    video_unmap(camera->fd, TYPE, BUFFERS, camera->buffers);
    camera->streaming = 0;
}

static void take_event(struct camera *camera)
{
    struct v4l2_event event;
    struct uvc_event *uvc = (void *)&event.u.data;

    if (ioctl(camera->fd, VIDIOC_DQEVENT, &event))
        return;
    switch (event.type) {
    case UVC_EVENT_SETUP:
        answer(camera, &uvc->req);
        break;
    case UVC_EVENT_STREAMON:
        stream_on(camera);
        break;
    case UVC_EVENT_STREAMOFF:
    case UVC_EVENT_DISCONNECT:
        stream_off(camera);
        break;
    default:
        break;
    }
}

static void take_buffer(struct camera *camera)
{
    struct v4l2_buffer buffer = { .type = TYPE, .memory = V4L2_MEMORY_MMAP };

    if (!ioctl(camera->fd, VIDIOC_DQBUF, &buffer))
        send_frame(camera, buffer.index);
}

/* The gadget is there for its host from the subscription to SETUP on. */
static void open_camera(struct camera *camera, const char *file)
{
    static const uint32_t events[] = { UVC_EVENT_STREAMON, UVC_EVENT_STREAMOFF, UVC_EVENT_DATA,
                                       UVC_EVENT_DISCONNECT, UVC_EVENT_SETUP };
    struct v4l2_format format = { .type = TYPE };

    camera->fd = open(file, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (camera->fd < 0)
        die("%s", file);
    format.fmt.pix.width = camera->width;
    format.fmt.pix.height = camera->height;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    if (ioctl(camera->fd, VIDIOC_S_FMT, &format))
        die("camera: VIDIOC_S_FMT");
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        struct v4l2_event_subscription subscription = { .type = events[i] };

        if (ioctl(camera->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription))
            die("camera: VIDIOC_SUBSCRIBE_EVENT");
    }
}

/* camera VIDEO_DEVICE WIDTH HEIGHT PAYLOAD: play it until somebody ends it; a packet has so many octets */
int cmd_camera(int argc, char **argv)
{
    struct camera camera = { 0 };

    if (argc != 5)
        return 2;
    camera.width = (unsigned int)atoi(argv[2]);
    camera.height = (unsigned int)atoi(argv[3]);
    camera.payload = (unsigned int)atoi(argv[4]);
    open_camera(&camera, argv[1]);
    for (;;) {
        int waits = camera.streaming && camera.sent < VIDEO_FRAMES;
        fd_set buffers, events;

        /* Not poll(): it ends at once while there is no stream. */
        FD_ZERO(&buffers);
        FD_ZERO(&events);
        FD_SET(camera.fd, &buffers);
        FD_SET(camera.fd, &events);
        if (select(camera.fd + 1, NULL, waits ? &buffers : NULL, &events, NULL) < 0)
            die("camera: select");
        if (FD_ISSET(camera.fd, &events))
            take_event(&camera);
        else if (waits)
            take_buffer(&camera);
    }
}
