// The bodies of Asio and Beast, compiled once for all programs (their separate compilation).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
