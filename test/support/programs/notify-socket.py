# A service manager's ear: every datagram that comes to the socket at argv[1] becomes one line on stdout.
import os
import socket
import sys

ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
print("listening", flush=True)
while True:
    # descriptors that come along are closed at once, which is what BARRIER=1 waits for
    data, descriptors, _, _ = socket.recv_fds(ear, 4096, 4)
    for descriptor in descriptors:
        os.close(descriptor)
    print(data.decode().replace("\n", " "), flush=True)
