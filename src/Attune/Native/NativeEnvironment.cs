using System.Runtime.InteropServices;

namespace Attune.Native;

/// <summary>
/// Environment variables as native code sees them. On Unix .NET keeps its own copy, which libraries loaded later never read, so these go
/// through libc; on Windows the C runtime's copy is set.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable where the user has not set it.</summary>
    public static void SetDefault(string name, string value)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
        {
            return;
        }

        Environment.SetEnvironmentVariable(name, value);
        if (OperatingSystem.IsWindows())
        {
            _ = PutEnvironment(name, value);
        }
        else
        {
            _ = SetEnvironment(name, value, 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int PutEnvironment(string name, string value);
}
