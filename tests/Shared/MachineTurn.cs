namespace Attune;

/// <summary>
/// <c>dotnet test</c> starts as many test assemblies at once as there are cores, and has no setting for it that a repository could hold.
/// libtorch takes every core by itself: assemblies that use it call this first and so run one after the other. Programs that a test starts
/// run in its turn.
/// </summary>
internal static class MachineTurn
{
    private const string Taken = "ATTUNE_TEST_TURN";
    private static FileStream? turn;

    /// <summary>Waits for the other assemblies of this repository; the turn ends with the process.</summary>
    public static void Take()
    {
        if (Environment.GetEnvironmentVariable(Taken) is not null)
        {
            return;
        }

        string folder = Directory.CreateDirectory(Path.Combine(TestPaths.Root, "artifacts")).FullName;
        while (turn is null)
        {
            try
            {
                turn = new FileStream(Path.Combine(folder, "tests.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }

        Environment.SetEnvironmentVariable(Taken, "1");
    }
}
