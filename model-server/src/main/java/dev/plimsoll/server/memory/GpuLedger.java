package dev.plimsoll.server.memory;
