import { describe, expect, it } from 'vitest';
import { SafeLinks, checkedAddress, placeOfAddress } from './safelinks.ts';

describe('the one door out', () => {
  it.each([
    ['https://db-01.corp.example', 'https://db-01.corp.example/'],
    ['db-01.corp.example', 'https://db-01.corp.example/'],
    ['db-01.corp.example:8443/path?q=1#f', 'https://db-01.corp.example:8443/path?q=1#f'],
    ['http://192.0.2.7:8080/', 'http://192.0.2.7:8080/'],
    ['ssh://root@bastion.corp.example:2222', 'ssh://root@bastion.corp.example:2222'],
    ['https://пример.рф/вход', 'https://xn--e1afmkfd.xn--p1ai/%D0%B2%D1%85%D0%BE%D0%B4'],
    ['  https://padded.example/  ', 'https://padded.example/'],
    ['ssh://[2001:db8::7]:22/', 'ssh://[2001:db8::7]:22/'],
    ['rdp://desk_7.corp.example:3389', 'rdp://desk_7.corp.example:3389'],
  ])('opens %s', (text, href) => {
    expect(checkedAddress(text).href).toBe(href);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'file://server/share/tool.exe',
    'smb://server/share',
    'vbscript:msgbox(1)',
    'ms-msdt:/id PCWDiagnostic',
    'search-ms:query=x&crumb=location:\\\\evil\\share',
    'app://strongroom/index.html',
    'chrome://settings',
    'about:blank',
    'blob:https://x/1',
    'ftp://host/file',
    'mailto:a@b.c',
    'https://user:secret@host.example/',
    'https://bank.example@evil.example/',
    'https://',
    '',
    'https://host.example/\u0000cmd',
    'https://host.example/a b',
    'https://host.example/"--flag',
    '\\\\server\\share',
    `https://host.example/${'a'.repeat(3000)}`,
    'steam://run/1',
    'ssh://-oProxyCommand=calc',
    'ssh://%2DoProxyCommand=calc',
    'ssh://-oProxyCommand%3Dcalc@host.example',
    'ssh://user%20-oProxyCommand%3Dcalc@host.example',
    'ssh://host.example/-oProxyCommand=calc',
    'ssh://host.example;id',
    'ssh://host.example%0aid',
    'ssh://host.example$(id)',
    'rdp://host.example/?alternate%20shell=s:calc',
  ])('refuses %s', async (text) => {
    const opened: string[] = [];
    const links = new SafeLinks((address) => {
      opened.push(address);
      return Promise.resolve();
    });
    await expect(links.open(text)).rejects.toMatchObject({ code: 'addressRefused' });
    expect(opened).toEqual([]);
  });

  it.each([
    ['https://bank.example/a', 'bank.example'],
    ['http://bank.example/a', 'http://bank.example'],
    ['https://bank.example:8443', 'bank.example:8443'],
    ['ssh://root@bank.example', 'ssh://bank.example'],
  ])('tells %s from the same host by another way', (address, place) => {
    expect(placeOfAddress(checkedAddress(address))).toBe(place);
  });
});
