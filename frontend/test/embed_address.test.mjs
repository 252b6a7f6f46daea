import assert from "node:assert/strict";
import { test } from "node:test";
import { roomAddress, siteOf } from "../src/embed/address.js";

const HOME = "https://interviews.example.com/";

test("a socket's address is taken as it is, with the token", () => {
  const address = roomAddress({ src: "wss://a.example/ws/avatar/abc", token: "t:1" });
  assert.equal(address.href, "wss://a.example/ws/avatar/abc?access_token=t%3A1");
});

test("a token that stands in the address already is enough", () => {
  const src = "ws://a.example:8000/ws/avatar/abc?access_token=t";
  assert.equal(roomAddress({ src }).href, src);
});

test("a site's address and a session make a room, secure when the site is", () => {
  assert.equal(roomAddress({ src: "https://a.example/app/", session: "a b", token: "t" }).href, "wss://a.example/app/ws/avatar/a%20b?access_token=t");
  assert.equal(roomAddress({ src: "http://127.0.0.1:8000", session: "x", token: "t" }).href, "ws://127.0.0.1:8000/ws/avatar/x?access_token=t");
});

test("without a src the site is the one the script came from", () => {
  assert.equal(roomAddress({ session: "x", token: "t", home: HOME }).href, "wss://interviews.example.com/ws/avatar/x?access_token=t");
  assert.equal(roomAddress({ src: "/ws/avatar/x", token: "t", home: HOME }).host, "interviews.example.com");
});

test("what is missing is named", () => {
  assert.throws(() => roomAddress({ token: "t", home: HOME }), /session/);
  assert.throws(() => roomAddress({ session: "x", home: HOME }), /access-token/);
  assert.throws(() => roomAddress({ src: "ftp://a.example", session: "x", token: "t" }), TypeError);
  assert.throws(() => roomAddress({ src: "no address", session: "x", token: "t" }), TypeError);
});

test("the site of a socket is where its files lie, without the token", () => {
  assert.equal(siteOf("wss://a.example/ws/avatar/abc?access_token=t"), "https://a.example/");
  assert.equal(siteOf("ws://a.example:8000/app/ws/avatar/abc"), "http://a.example:8000/app/");
});
