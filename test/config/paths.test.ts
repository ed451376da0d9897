import { describe, expect, it } from 'vitest';
import { configFile, dataFolder } from '../../src/config/paths.ts';

describe('places', () => {
  it('are those of XDG on Linux, with its defaults', () => {
    const machine = { platform: 'linux', env: { HOME: '/home/j' } } as const;
    expect(configFile(machine)).toBe('/home/j/.config/xmpp-chat/config.json');
    expect(dataFolder(machine)).toBe('/home/j/.local/share/xmpp-chat');
    const set = { ...machine, env: { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' } };
    expect(configFile(set)).toBe('/c/xmpp-chat/config.json');
    expect(dataFolder(set)).toBe('/d/xmpp-chat');
  });

  it('ignore a variable that is relative (XDG Base Directory Specification)', () => {
    const env = { HOME: '/home/j', XDG_CONFIG_HOME: 'c', XDG_DATA_HOME: '' };
    expect(configFile({ platform: 'linux', env })).toBe('/home/j/.config/xmpp-chat/config.json');
    expect(dataFolder({ platform: 'linux', env })).toBe('/home/j/.local/share/xmpp-chat');
  });

  it("are the system's own on macOS, unless XDG is set", () => {
    const machine = { platform: 'darwin', home: '/Users/j', env: {} } as const;
    expect(configFile(machine)).toBe('/Users/j/Library/Application Support/xmpp-chat/config.json');
    expect(dataFolder(machine)).toBe('/Users/j/Library/Application Support/xmpp-chat');
    expect(dataFolder({ ...machine, env: { XDG_DATA_HOME: '/d' } })).toBe('/d/xmpp-chat');
  });

  it("are the system's own on Windows", () => {
    const env = { APPDATA: 'C:\\Users\\j\\Roam', LOCALAPPDATA: 'D:\\Local', USERPROFILE: 'C:\\Users\\j' };
    expect(configFile({ platform: 'win32', env })).toBe('C:\\Users\\j\\Roam\\xmpp-chat\\config.json');
    expect(dataFolder({ platform: 'win32', env })).toBe('D:\\Local\\xmpp-chat');
    const bare = { platform: 'win32', env: { USERPROFILE: 'C:\\Users\\j' } } as const;
    expect(configFile(bare)).toBe('C:\\Users\\j\\AppData\\Roaming\\xmpp-chat\\config.json');
    expect(dataFolder(bare)).toBe('C:\\Users\\j\\AppData\\Local\\xmpp-chat');
  });
});
