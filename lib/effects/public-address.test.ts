import { describe, expect, test } from "vitest";
import { addressesOf, isLoopback, isPublic } from "./public-address";

test.each(["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "223.255.255.254"])(
  "%s is public",
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

describe("not public", () => {
  test.each([
    ["this machine", "127.0.0.1"],
    ["this machine", "127.8.9.1"],
    ["this machine", "::1"],
    ["this machine, mapped", "::ffff:127.0.0.1"],
    ["this machine, mapped", "::ffff:7f00:1"],
    ["this machine, in the old form", "::127.0.0.1"],
    ["no address", "0.0.0.0"],
    ["no address", "::"],
    ["this network", "0.1.2.3"],
    ["private", "10.1.2.3"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.0.1"],
    ["unique local", "fd12::1"],
    ["shared", "100.64.0.1"],
    ["shared", "100.127.255.254"],
    ["link-local", "169.254.1.1"],
    ["metadata", "169.254.169.254"],
    ["metadata, mapped", "::ffff:169.254.169.254"],
    ["metadata", "fd00:ec2::254"],
    ["link-local", "fe80::1"],
    ["link-local with its interface", "fe80::1%eth0"],
    ["site-local", "fec0::1"],
    ["translated", "64:ff9b::7f00:1"],
    ["translated", "64:ff9b:1::a00:1"],
    ["tunnelled", "2002:7f00:1::1"],
    ["tunnelled", "2001::1"],
    ["protocol assignments", "192.0.0.1"],
    ["documentation", "192.0.2.1"],
    ["documentation", "2001:db8::1"],
    ["benchmarking", "198.18.0.1"],
    ["multicast", "224.0.0.1"],
    ["multicast", "ff02::1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["not given out", "4000::1"],
    ["no address at all", "billing.example"],
  ])("%s: %s", (_words, address) => {
    expect(isPublic(address)).toBe(false);
  });
});

test("loopback is this machine, mapped too, and nothing else", () => {
  expect(["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"].every(isLoopback)).toBe(true);
  expect(["10.0.0.1", "0.0.0.0", "::", "localhost"].some(isLoopback)).toBe(false);
});

test("a literal address asks no resolver", async () => {
  const resolve = () => Promise.reject(new Error("asked"));
  expect(await addressesOf("8.8.8.8", resolve, isPublic)).toEqual([{ address: "8.8.8.8", family: 4 }]);
  expect(await addressesOf("[2606:4700::1]", resolve, isPublic)).toEqual([
    { address: "2606:4700::1", family: 6 },
  ]);
  await expect(addressesOf("[::1]", resolve, isPublic)).rejects.toThrow("may not be called");
});
