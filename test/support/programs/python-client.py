"""What the tests ask of Python's ftplib. Arguments: mode action host port user password path file [ca]."""

import ftplib
import ssl
import sys


class ReusingFtpTls(ftplib.FTP_TLS):
    """FTP_TLS whose data connections go on with the session of the control connection."""

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


def connect(mode, host, port, user, password, ca):
    if ca is None:
        ftp = ftplib.FTP()
    else:
        context = ssl.create_default_context(cafile=ca)
        # A client cannot hold the session of TLS 1.3 that is not there before the first data connection.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        ftp = ReusingFtpTls(context=context)
    ftp.connect(host, int(port), timeout=30)
    ftp.login(user, password)
    if ca is not None:
        ftp.prot_p()
    ftp.set_pasv(mode == "passive")
    return ftp


def main(mode, action, host, port, user, password, path, file, ca=None):
    ftp = connect(mode, host, port, user, password, ca)
    if action == "get":
        with open(file, "wb") as out:
            ftp.retrbinary("RETR " + path, out.write)
    elif action == "resume":
        with open(file, "r+b") as out:
            out.seek(0, 2)
            ftp.retrbinary("RETR " + path, out.write, rest=out.tell())
    elif action == "put":
        with open(file, "rb") as source:
            ftp.storbinary("STOR " + path, source)
    elif action == "continue":
        done = ftp.size(path)
        with open(file, "rb") as source:
            source.seek(done)
            ftp.storbinary("STOR " + path, source, rest=done)
    elif action == "append":
        done = ftp.size(path)
        with open(file, "rb") as source:
            source.seek(done)
            ftp.storbinary("APPE " + path, source)
    elif action == "list":
        print("\n".join(ftp.nlst(path)))
        print("\n".join(name for name, facts in ftp.mlsd(path) if facts["type"] == "file"))
        ftp.dir(path)
    elif action == "cut":
        ftp.voidcmd("TYPE I")
        conn = ftp.transfercmd("STOR " + path)
        with open(file, "rb") as source:
            conn.sendall(source.read(300000))
        conn.setsockopt(__import__("socket").SOL_SOCKET, __import__("socket").SO_LINGER, b"\1\0\0\0\0\0\0\0")
        conn.close()
        return
    ftp.quit()


main(*sys.argv[1:])
